import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { readMeasurements, shippedMeasurements } from '../node/measurements.ts';
import { shippedProfiles } from '../node/validate.ts';
import { parseColocation } from './colocation-file.ts';

const WORKLOADS = ['resnet50-b8', 'resnet50-train-b32'];
const HP = { workload: 'resnet50-b8', arrival_us: [10, 2000], latency_us: [800, 900.5] };
const BE = { workload: 'resnet50-train-b32', iterations: 12, wall_s: 0.5 };
const RUN = { mode: 'mps', host: 'a', window_s: 0.5, hp: HP, be: BE };

const text = (run: object, root: object = {}): string =>
  JSON.stringify({ schema: 'colocation/1', runs: [run], ...root });
const parse = (file: string) => parseColocation(file, 'runs.json', WORKLOADS, 66);

describe('parseColocation', () => {
  it('takes the file that ships', () => {
    const file = shippedMeasurements('h200', 'colocation.json.gz');
    const ids = shippedProfiles('h200').map(({ id }) => id);
    const runs = parseColocation(readMeasurements(file), file, ids, 66);
    expect(runs.map((r) => r.mode)).toContain('tpc-partition');
    expect(new Set(runs.map((r) => r.id)).size).toBe(runs.length);
  });

  it('reads times in ns', () => {
    expect(parse(text(RUN))[0]).toMatchObject({
      id: 'a/mps/resnet50-b8+resnet50-train-b32',
      windowNs: 5e8,
      hp: { arrivalNs: [10_000, 2_000_000], latencyNs: [800_000, 900_500] },
      be: { iterationsPerS: 24 },
    });
  });

  it.each([
    ['{', 'is not JSON'],
    [text(RUN, { schema: 'colocation/2' }), "schema is colocation/2, expected 'colocation/1'"],
    [text(RUN, { runs: [] }), 'runs is [], expected at least one run'],
    [text({ ...RUN, mode: 'msp' }), "runs[0].mode is msp, expected 'mps' or the like"],
    [text({ ...RUN, mode: undefined }), 'runs[0].mode is missing'],
    [text({ ...RUN, be: null }), 'runs[0] needs both hp and be'],
    [text({ ...RUN, mode: 'solo' }), 'runs[0] needs one of hp and be'],
    [text({ ...RUN, window_s: -1 }), 'runs[0].window_s is -1, expected a number above 0'],
    [
      text({ ...RUN, hp: { ...HP, workload: 'resnet50-b9' } }),
      "runs[0].hp.workload is resnet50-b9, expected 'resnet50-b8' or the like",
    ],
    [text({ ...RUN, hp: { ...HP, latency_us: undefined } }), 'runs[0].hp.latency_us is missing'],
    [
      text({ ...RUN, hp: { ...HP, latency_us: [800] } }),
      'runs[0].hp has 2 arrivals and 1 latencies',
    ],
    [
      text({ ...RUN, hp: { ...HP, latency_us: [800, -3] } }),
      'runs[0].hp.latency_us[1] is -3, expected a number above 0',
    ],
    [
      text({ ...RUN, hp: { ...HP, arrival_us: [10, 'x'] } }).replace('"x"', 'NaN'),
      'runs[0].hp.arrival_us[1] is NaN, expected a number from 0',
    ],
    [
      text({ ...RUN, hp: { ...HP, arrival_us: [2000, 10] } }),
      'runs[0].hp.arrival_us[1] is 10, expected arrivals in ascending order',
    ],
    [text({ ...RUN, be: { ...BE, wall_s: 0 } }), 'runs[0].be.wall_s is 0'],
    [text({ ...RUN, be: { ...BE, iterations: undefined } }), 'runs[0].be.iterations is missing'],
    [text({ ...RUN, mode: 'mps-limits' }), 'runs[0].active_thread_percentage is missing'],
    [
      text({ ...RUN, mode: 'mps-limits', active_thread_percentage: { hp: 150, be: 50 } }),
      'runs[0].active_thread_percentage.hp is 150, expected at most 100',
    ],
    [
      text({ ...RUN, mode: 'tpc-partition', tpc_groups: { hp: [0, 33], be: [33, 67] } }),
      'runs[0].tpc_groups.be is [33,67], expected a half-open range within 0..66',
    ],
  ])('refuses %s', (file, message) => {
    let error: unknown;
    try {
      parse(file);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(LithosError);
    expect(error).toMatchObject({ code: 'E_MEASUREMENTS', exitCode: 2 });
    expect((error as LithosError).message).toContain(`runs.json: ${message}`);
  });
});
