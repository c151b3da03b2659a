import { describe, expect, it } from 'vitest';
import { loadInputs } from '../node/inputs.ts';
import { scenarioContext } from '../node/scenario-context.ts';
import { parseScenario } from '../scenario/parse.ts';
import type { RunInputs } from './inputs.ts';
import { run } from './run.ts';
import { simBackend } from './sim-backend.ts';

const SCENARIO = `
device: a100-40gb
duration: 100ms
warmup: 10ms
tenants:
  - name: large
    class: hp
    quota: 75%
    workload: { profile: resnet50-b8 }
    arrivals: { closed: 1 }
  - name: small
    class: hp
    quota: 25%
    workload: { profile: resnet50-b4 }
    arrivals: { closed: 1 }
policies: [mig]
`;

/** Runs the scenario under MIG, with `large` moving (and so holding) so much of memory. */
async function underMig(gigabytes: number) {
  const scenario = parseScenario(SCENARIO, 'memory.yaml', scenarioContext());
  const inputs = await loadInputs(scenario);
  const grown: RunInputs = {
    ...inputs,
    profile: (id) => {
      const profile = inputs.profile(id);
      if (id !== 'resnet50-b8') return profile;
      const share = (1e9 * gigabytes) / profile.sequence.length;
      const dramBytes = profile.sequence.map(() => share);
      return { ...profile, model: 'of-my-own', work: { ...profile.work, dramBytes } };
    },
  };
  const device = simBackend.open('a100-40gb');
  const hooks = { clock: () => performance.now(), pause: async () => {} };
  const options = { scenario, policy: 'mig', seed: 1, device, inputs: grown, solo: [1, 1] };
  const { tenants } = await run(options, hooks);
  device.close();
  return tenants;
}

describe('under MIG, a tenant', () => {
  it('that needs more memory than its instance has does not run, and the next has the instance', async () => {
    const [large, small] = await underMig(25);
    expect(large).toMatchObject({ name: 'large', completed: 0 });
    expect(large?.refused).toMatch(
      /^large needs 25\.\d GB of memory at least, and a MIG instance 4g\.20gb has 21\.1 GB$/,
    );
    expect(small?.refused).toBeUndefined();
    expect(small?.completed).toBeGreaterThan(0);
  });

  it('that fits runs', async () => {
    const [large] = await underMig(15);
    expect(large?.refused).toBeUndefined();
    expect(large?.completed).toBeGreaterThan(0);
  });
});
