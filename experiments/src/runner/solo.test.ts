import { describe, expect, it } from 'vitest';
import { loadInputs } from '../node/inputs.ts';
import { scenarioContext } from '../node/scenario-context.ts';
import { parseScenario } from '../scenario/parse.ts';
import { makeFeed } from './feed.ts';
import { simBackend } from './sim-backend.ts';
import { measureSolo } from './solo.ts';

/** A module that exists: its hash is part of the inputs. */
const MODULE = new URL('../../scenarios/hardware/kernels/heat.ptx', import.meta.url).pathname;

const scenarioOf = (time: string) =>
  parseScenario(
    `device: h200
duration: 60s
tenants:
  - name: mine
    class: hp
    quota: 50%
    workload:
      ptx: ${MODULE}
      launches: [{ kernel: heat_sums, grid: 10000, block: 256, time: ${time} }]
    arrivals: { load: 50% }
`,
    'own.yaml',
    scenarioContext(),
  );

describe('what a tenant of own kernels does alone', () => {
  it.each([
    ['1ms', 1000],
    ['5s', 0.2],
    ['45s', 1 / 45],
  ])('follows from requests of %s', async (time, perS) => {
    const scenario = scenarioOf(time);
    const inputs = await loadInputs(scenario);
    const hooks = { pause: async () => {} };
    const measured = await measureSolo(scenario, 0, simBackend, inputs, hooks);
    expect(Math.abs(measured / perS - 1)).toBeLessThan(0.06);
  });

  it('is watched for no longer than is said', async () => {
    const scenario = scenarioOf('45s');
    const inputs = await loadInputs(scenario);
    let pauses = 0;
    const pause = async (): Promise<void> => {
      pauses += 1;
    };
    expect(await measureSolo(scenario, 0, simBackend, inputs, { pause }, 10e9)).toBe(0);
    expect(pauses).toBeLessThan(3);
  });

  it('is no load where nothing ends', async () => {
    const scenario = scenarioOf('30min');
    const inputs = await loadInputs(scenario);
    const hooks = { pause: async () => {} };
    const perS = await measureSolo(scenario, 0, simBackend, inputs, hooks);
    expect(perS).toBe(0);
    const [mine] = scenario.tenants;
    if (mine === undefined) throw new Error('no tenant');
    expect(() => makeFeed(mine, 1, inputs, perS)).toThrow(
      "tenant 'mine' ends no request in the time that it is watched alone",
    );
  });
});
