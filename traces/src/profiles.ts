import { type KernelProfile, LithosError } from '@lithos/core';

type Json = Readonly<Record<string, unknown>>;

const SCHEMA = 'lithos/kernel-profile@1';

/**
 * Parses and checks the text of a kernel profile. `name` is what error messages call it, usually
 * the file's path. Throws `LithosError` `E_PROFILE` on anything that is not a sound profile.
 */
export function parseProfile(text: string, name: string): KernelProfile {
  const fail = (what: string): never => {
    throw new LithosError('E_PROFILE', `${name}: ${what}`, 'import or convert the profile again');
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  const p = object(value, 'the profile', fail);
  if (p.schema !== SCHEMA) {
    fail(`schema is ${JSON.stringify(p.schema)}, expected ${JSON.stringify(SCHEMA)}`);
  }
  for (const key of ['id', 'model']) {
    if (typeof p[key] !== 'string' || p[key] === '') fail(`${key} must be a text`);
  }
  oneOf(p.kind, ['inference', 'training'], 'kind', fail);
  if (p.phase !== undefined) oneOf(p.phase, ['prefill', 'decode'], 'phase', fail);
  for (const key of ['batch', 'sequenceLength', 'contextLength']) {
    if (key !== 'batch' && p[key] === undefined) continue;
    if (!isCount(p[key]) || p[key] === 0) fail(`${key} must be a positive integer`);
  }
  const measured = object(p.measured, 'measured', fail);
  if (typeof measured.device !== 'string') fail('measured.device must be a text');
  if (typeof measured.driver !== 'string') fail('measured.driver must be a text');
  positive(measured.smClockMhz, 'measured.smClockMhz', fail);
  positive(p.iterationNs, 'iterationNs', fail);
  positive(p.meanPowerW, 'meanPowerW', fail);
  const kernels = array(p.kernels, 'kernels', fail);
  kernels.forEach((kernel, i) => {
    checkKernel(kernel, `kernels[${i}]`, fail);
  });
  const sequence = array(p.sequence, 'sequence', fail);
  if (sequence.length === 0) fail('sequence is empty');
  sequence.forEach((k, i) => {
    if (!isCount(k) || k >= kernels.length) {
      fail(`sequence[${i}] is ${String(k)}, expected an index below ${kernels.length}`);
    }
  });
  checkDurations(p, sequence.length, fail);
  checkWork(object(p.work, 'work', fail), sequence.length, fail);
  return value as KernelProfile;
}

type Fail = (what: string) => never;

function checkKernel(value: unknown, where: string, fail: Fail): void {
  const kernel = object(value, where, fail);
  if (typeof kernel.name !== 'string') fail(`${where}.name must be a text`);
  for (const key of ['grid', 'block']) {
    const dim = array(kernel[key], `${where}.${key}`, fail);
    if (dim.length !== 3 || !dim.every(isCount)) fail(`${where}.${key} must be three counts`);
  }
  for (const key of ['registersPerThread', 'sharedMemoryBytes']) {
    if (!isCount(kernel[key])) fail(`${where}.${key} must be a count`);
  }
}

function checkDurations(p: Json, positions: number, fail: Fail): void {
  const tpcCounts = array(p.tpcCounts, 'tpcCounts', fail);
  if (tpcCounts.length === 0) fail('tpcCounts is empty');
  tpcCounts.forEach((n, i) => {
    const before = i === 0 ? 0 : (tpcCounts[i - 1] as number);
    if (!isCount(n) || n <= before) fail('tpcCounts must be ascending positive integers');
  });
  const durations = array(p.durationNs, 'durationNs', fail);
  if (durations.length !== tpcCounts.length) {
    fail(`durationNs has ${durations.length} rows, expected ${tpcCounts.length}, as tpcCounts`);
  }
  durations.forEach((row, i) => {
    numbers(row, `durationNs[${i}]`, positions, fail);
  });
}

function checkWork(work: Json, positions: number, fail: Fail): void {
  for (const key of [
    'dramBytes',
    'dramWriteBytes',
    'l2Bytes',
    'coldShare',
    'tensorActive',
    'warpInstructions',
  ]) {
    const values = numbers(work[key], `work.${key}`, positions, fail);
    if (key === 'tensorActive' && values.some((v) => v > 1)) fail('work.tensorActive exceeds 1');
  }
  const { source } = work;
  if (typeof source !== 'string' || source.length !== positions || !/^[cse]*$/.test(source)) {
    fail(`work.source must be ${positions} characters out of c, s, e`);
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function object(value: unknown, where: string, fail: Fail): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${where} must be an object`);
  }
  return value as Json;
}

function array(value: unknown, where: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${where} must be an array`);
}

/** An array of `length` finite numbers that are not negative. */
function numbers(value: unknown, where: string, length: number, fail: Fail): readonly number[] {
  const values = array(value, where, fail);
  if (values.length !== length) {
    fail(`${where} has ${values.length} entries, expected ${length}, as sequence`);
  }
  values.forEach((v, i) => {
    if (typeof v !== 'number' || !Number.isFinite(v) || v < 0) {
      fail(`${where}[${i}] is ${String(v)}, expected a number of at least 0`);
    }
  });
  return values as readonly number[];
}

function positive(value: unknown, where: string, fail: Fail): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    fail(`${where} must be a positive number`);
  }
}

function oneOf(value: unknown, known: readonly string[], where: string, fail: Fail): void {
  if (typeof value !== 'string' || !known.includes(value)) {
    fail(`${where} is ${JSON.stringify(value)}, expected ${known.join(' or ')}`);
  }
}
