import type { ProfiledKernel } from '@lithos/core';
import { Check } from './check.ts';
import type { MeasuredLaunches } from './types.ts';

type Dim3 = readonly [number, number, number];

const SCHEMA = 'kernel-traces/1';
/** The device of the model; the greatest TPC count of a file must be all of it. */
const ALL_TPCS = 66;
/** Fewest TPC counts: two samples and one to predict. */
const LEAST_COUNTS = 3;

/**
 * Parses and checks the text of a `kernel-traces/1` file: launches of workloads with their device
 * times at several TPC counts. Throws `LithosError` `E_MEASUREMENTS` that says what is wrong where.
 */
export function parseKernelTraces(text: string, file: string): readonly MeasuredLaunches[] {
  const check = new Check(file, SCHEMA);
  const root = check.object(check.json(text), 'the file');
  if (root.schema !== SCHEMA) {
    check.fail('schema', root.schema, `'${SCHEMA}'`);
  }
  const workloads = check.array(root.workloads, 'workloads');
  if (workloads.length === 0) check.fail('workloads', workloads, 'at least one workload');
  const ids = new Set<string>();
  return workloads.map((value, i) => {
    const workload = parseWorkload(value, `workloads[${i}]`, check);
    if (ids.has(workload.id)) check.fail(`workloads[${i}].name`, workload.id, 'another name');
    ids.add(workload.id);
    return workload;
  });
}

function parseWorkload(value: unknown, at: string, check: Check): MeasuredLaunches {
  const w = check.object(value, at);
  const id = check.text(w.name, `${at}.name`);
  const where = `${at} (${id})`;
  const model = check.text(w.model, `${where}.model`);
  const kernels = check
    .array(w.kernels, `${where}.kernels`)
    .map((kernel, i) => parseKernel(kernel, `${where}.kernels[${i}]`, check));
  const sequence = check.array(w.sequence, `${where}.sequence`).map((k, i) => {
    const name = `${where}.sequence[${i}]`;
    const index = check.count(k, name);
    return index < kernels.length ? index : check.fail(name, k, `below ${kernels.length}`);
  });
  if (sequence.length === 0) check.fail(`${where}.sequence`, sequence, 'at least one launch');
  const durations = check.object(w.duration_us, `${where}.duration_us`);
  const tpcCounts = Object.keys(durations).map((key) => {
    const n = Number(key);
    if (!Number.isSafeInteger(n) || n < 1) check.fail(`${where}.duration_us`, key, 'TPC counts');
    return n;
  });
  tpcCounts.sort((a, b) => a - b);
  if (tpcCounts.length < LEAST_COUNTS || tpcCounts.at(-1) !== ALL_TPCS) {
    const wanted = `${LEAST_COUNTS} TPC counts or more, the last ${ALL_TPCS}`;
    check.fail(`${where}.duration_us`, tpcCounts, wanted);
  }
  const durationNs = tpcCounts.map((n) => {
    const name = `${where}.duration_us["${n}"]`;
    const row = check.array(durations[String(n)], name);
    if (row.length !== sequence.length) {
      check.fail(name, `${row.length} times`, `${sequence.length}, as sequence`);
    }
    return row.map((us, i) => check.positive(us, `${name}[${i}]`) * 1000);
  });
  return { id, model, kernels, sequence, tpcCounts, durationNs };
}

function parseKernel(value: unknown, at: string, check: Check): ProfiledKernel {
  const kernel = check.object(value, at);
  const dim = (key: string): Dim3 => {
    const [x, y, z, more] = check
      .array(kernel[key], `${at}.${key}`)
      .map((n) => check.count(n, `${at}.${key}`));
    if (x === undefined || y === undefined || z === undefined || more !== undefined) {
      return check.fail(`${at}.${key}`, kernel[key], 'three counts');
    }
    return [x, y, z];
  };
  return {
    name: check.text(kernel.name, `${at}.name`),
    grid: dim('grid'),
    block: dim('block'),
    registersPerThread: check.count(kernel.registers_per_thread, `${at}.registers_per_thread`),
    sharedMemoryBytes: check.count(kernel.shared_memory_bytes, `${at}.shared_memory_bytes`),
  };
}
