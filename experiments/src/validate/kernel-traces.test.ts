import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { readKernelTraces } from '../node/validate.ts';
import { parseKernelTraces } from './kernel-traces.ts';
import { validateKernels } from './kernels.ts';

const KERNEL = {
  name: 'void softmax',
  grid: [256, 1, 1],
  block: [128, 1, 1],
  registers_per_thread: 32,
  shared_memory_bytes: 0,
};
const WORKLOAD = {
  name: 'mine-b1',
  model: 'mine',
  kernels: [KERNEL],
  sequence: [0, 0],
  duration_us: { '66': [3, 4], '1': [90, 120], '8': [13, 17] },
};
const file = (workload: object = WORKLOAD): string =>
  JSON.stringify({ schema: 'kernel-traces/1', workloads: [workload] });
const times = (row: string): string => file().replace('[13,17]', row);
const kernel = (change: object): string =>
  file({ ...WORKLOAD, kernels: [{ ...KERNEL, ...change }] });

describe('parseKernelTraces', () => {
  it('gives launches in ns, TPC counts ascending', () => {
    const [workload] = parseKernelTraces(file(), 'x.json');
    expect(workload).toMatchObject({ id: 'mine-b1', tpcCounts: [1, 8, 66] });
    expect(workload?.durationNs[1]).toEqual([13_000, 17_000]);
  });

  it('gives what can be validated', () => {
    const result = validateKernels(parseKernelTraces(file(), 'x.json'));
    expect(result.cases.map((c) => [c.id, c.quantity, c.measured])).toEqual([
      ['mine-b1@8', 'interpolation', 30_000],
      ['mine-b1@8', 'two_samples', 30_000],
    ]);
    expect(result.worst_workload.id).toBe('mine-b1');
    expect(result.fitted_on_all.weighted_abs_error_pct).toBe(result.weighted_abs_error_pct);
  });

  const place = 'workloads[0] (mine-b1)';
  it.each([
    ['', 'is not JSON'],
    ['[]', 'the file is [], expected an object'],
    ['{}', "schema is missing, expected 'kernel-traces/1'"],
    ['{"schema":"kernel-traces/1"}', 'workloads is missing, expected an array'],
    ['{"schema":"kernel-traces/1","workloads":[]}', 'workloads is [], expected at least one'],
    [file({}), 'workloads[0].name is missing, expected a text'],
    [file({ ...WORKLOAD, model: 3 }), `${place}.model is 3, expected a text`],
    [file({ ...WORKLOAD, sequence: [] }), `${place}.sequence is [], expected at least one launch`],
    [file({ ...WORKLOAD, sequence: [0, 1] }), `${place}.sequence[1] is 1, expected below 1`],
    [
      file({ ...WORKLOAD, duration_us: { 66: [3, 4] } }),
      'expected 3 TPC counts or more, the last 66',
    ],
    [kernel({ grid: [1, 1] }), `${place}.kernels[0].grid is [1,1], expected three counts`],
    [kernel({ block: [-1, 1, 1] }), `${place}.kernels[0].block is -1, expected a whole number`],
    [kernel({ registers_per_thread: undefined }), 'kernels[0].registers_per_thread is missing'],
    [times('[13,-17]'), `${place}.duration_us["8"][1] is -17, expected a number above 0`],
    [times('[13,0]'), `${place}.duration_us["8"][1] is 0`],
    [times('[13,NaN]'), `${place}.duration_us["8"][1] is NaN, expected a number above 0`],
    [times('[-Infinity, 1]'), `${place}.duration_us["8"][0] is -Infinity`],
    [times('[13,null]'), `${place}.duration_us["8"][1] is null`],
    [times('[13]'), `${place}.duration_us["8"] is 1 times, expected 2, as sequence`],
    [file().replace('"8":', '"half":'), `${place}.duration_us is half, expected TPC counts`],
  ])('refuses %s', (text, message) => {
    expect(() => parseKernelTraces(text, 'x.json')).toThrow(LithosError);
    expect(() => parseKernelTraces(text, 'x.json')).toThrow(message);
    expect(() => parseKernelTraces(text, 'x.json')).toThrow('x.json: ');
  });

  it('refuses two workloads of one name', () => {
    const twice = JSON.stringify({ schema: 'kernel-traces/1', workloads: [WORKLOAD, WORKLOAD] });
    expect(() => parseKernelTraces(twice, 'x.json')).toThrow('workloads[1].name is mine-b1');
  });
});

it('readKernelTraces reads files gzipped or not, and names one that is not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lithos-validate-'));
  const plain = join(folder, 'a.json');
  const packed = join(folder, 'a.json.gz');
  writeFileSync(plain, file());
  writeFileSync(packed, gzipSync(file()));
  expect(readKernelTraces(packed)).toEqual(readKernelTraces(plain));
  expect(() => readKernelTraces(join(folder, 'none.json'))).toThrow('cannot read');
  rmSync(folder, { recursive: true });
});
