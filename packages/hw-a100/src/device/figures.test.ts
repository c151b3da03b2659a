import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildStandIn, StandInControl } from '../testing/stand-in.ts';
import { missingFigures } from './figures.ts';
import type { HardwareCounters } from './hardware-parts.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();

const CALLS = {
  energyJ: 'nvmlDeviceGetTotalEnergyConsumption',
  powerW: 'nvmlDeviceGetPowerUsage',
  smMhz: 'nvmlDeviceGetClockInfo',
} as const;

/** Lets a device run for long enough that everything is read several times. */
async function readings(): Promise<{ counters: HardwareCounters; warnings: string[] }> {
  const warnings: string[] = [];
  const device = openHardware({ contexts: 4, warn: (text) => warnings.push(text) });
  try {
    for (let i = 1; i <= 4; i++) {
      while (!(await device.advance(i * 60e6)));
      device.counters();
    }
  } finally {
    device.close();
  }
  return { counters: device.counters(), warnings };
}

describe.skipIf(standIn === undefined)('figures that NVML does not give', () => {
  let nvml: StandInControl;
  beforeAll(() => {
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    nvml = new StandInControl(standIn?.nvml ?? '');
  });
  afterEach(() => {
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    nvml.faults('');
  });

  it('are all there on a sound GPU', async () => {
    const { counters, warnings } = await readings();
    expect(warnings).toEqual([]);
    expect(counters.energyJ).toBeGreaterThan(0);
    expect(counters).toMatchObject({ powerW: 150, smMhz: 1980 });
    expect(missingFigures(0)).toEqual([]);
  });

  it.each([
    ['energy', 'energyJ'],
    ['power', 'powerW'],
    ['SM clock', 'smMhz'],
  ] as const)('are absent, and said once: %s, from any reading on', async (figure, key) => {
    // The first reading is when the time line begins, the last when it ends; 0: all of them.
    for (const nth of [0, 1, 2]) {
      nvml.faults(`${CALLS[key]}:${nth}:3`);
      const { counters, warnings } = await readings();
      expect(counters[key], `reading ${nth}`).toBeUndefined();
      expect(warnings).toEqual([expect.stringContaining(`results leave out ${figure}: `)]);
      expect(warnings[0]).toContain(`${CALLS[key]} failed (3): Not Supported`);
      const others = Object.keys(CALLS).filter((k) => k !== key) as (keyof typeof CALLS)[];
      for (const other of others) expect(counters[other], other).toBeGreaterThan(0);
      expect(counters.clockMhzNs === undefined, 'clockMhzNs').toBe(key === 'smMhz');
    }
    nvml.faults(`${CALLS[key]}:0:3`);
    expect(missingFigures(0)).toEqual([expect.stringContaining(`leave out ${figure}: `)]);
  });

  it('are all absent without the library, or where it will not start', async () => {
    const absent = {
      energyJ: undefined,
      powerW: undefined,
      smMhz: undefined,
      clockMhzNs: undefined,
    };
    nvml.faults('nvmlInit_v2:0:9');
    expect(await readings()).toMatchObject({
      counters: absent,
      warnings: [expect.stringContaining('load the NVIDIA kernel driver')],
    });
    process.env.LITHOS_LIBNVML = 'nowhere.so';
    const { counters, warnings } = await readings();
    expect(counters).toMatchObject(absent);
    expect(warnings).toEqual([
      expect.stringContaining('results leave out power, energy, SM clock: '),
    ]);
    expect(warnings[0]).toContain("cannot be loaded from 'nowhere.so'");
    expect(warnings[0]).toContain('ask for the `utility` capability');
    expect(missingFigures(0)).toEqual(warnings);
  });

  it('leave nothing open, whichever call fails, and how', async () => {
    const cuda = new StandInControl(standIn?.cuda ?? '');
    for (const call of ['nvmlInit_v2', 'nvmlDeviceGetHandleByUUID', ...Object.values(CALLS)]) {
      for (const nth of [1, 2]) {
        for (const result of [15, 999]) {
          nvml.faults(`${call}:${nth}:${result}`);
          const what = `${call}, call ${nth}, ${result}`;
          try {
            const { warnings } = await readings();
            const made = nvml.calls(call) >= nth;
            expect(warnings, what).toHaveLength(made ? 1 : 0);
            expect(made && result === 15, what).toBe(false);
          } catch (error) {
            expect(error, what).toMatchObject({ code: 'E_NVML_LOST', exitCode: 1 });
            expect(result, what).toBe(15);
          }
          expect(cuda.handles(), what).toBe(0);
          // A session that could not be opened needs no end.
          const opened = nvml.calls('nvmlInit_v2') - (call === 'nvmlInit_v2' && nth === 1 ? 1 : 0);
          expect(nvml.calls('nvmlShutdown'), what).toBe(opened);
        }
      }
    }
  }, 60_000);

  it('but a GPU that is lost ends the run', async () => {
    nvml.faults(`${CALLS.powerW}:2:15`);
    await expect(readings()).rejects.toMatchObject({ code: 'E_NVML_LOST' });
    expect(new StandInControl(standIn?.cuda ?? '').handles()).toBe(0);
    expect(nvml.calls('nvmlShutdown')).toBe(nvml.calls('nvmlInit_v2'));
  });
});
