import { LithosError, MS, type Ns, SECOND, US } from '@lithos/core';

/** A quantity read from text, or what is wrong with the text and how to write it. */
export type Parsed<T = number> =
  | { readonly value: T }
  | { readonly problem: string; readonly fix: string };

/** Reads one kind of quantity. */
export type QuantityReader<T = number> = (text: string) => Parsed<T>;

const DURATION_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: US,
  µs: US,
  ms: MS,
  s: SECOND,
  min: 60 * SECOND,
  h: 3600 * SECOND,
};

const RATE_UNITS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

/** Longest duration: well within the 104 days that integer nanoseconds in a double can hold. */
const MAX_DURATION_NS = 30 * 24 * 3600 * SECOND;

/** Highest rate: more requests a second than any one server of one GPU sees. */
const MAX_RATE_PER_S = 1e6;

const MEASURE = /^([+-]?)(\d+(?:\.\d+)?)(?:[eE]([+-]?\d+))?\s*([a-zA-Zµ%/]*)$/;

const bad = (problem: string, fix: string): { problem: string; fix: string } => ({ problem, fix });

interface Measure {
  readonly value: number;
  /** The number as written. */
  readonly number: string;
  /** What follows it; may be empty. */
  readonly unit: string;
}

/** Reads `12.5 ms` as a number, times ten to the `shift`, and a unit. */
function readMeasure(text: string, fix: string, shift = 0): Parsed<Measure> {
  const match = MEASURE.exec(text.trim());
  if (match === null) return bad(`'${text}' is not a number`, fix);
  const [, sign, digits = '', exponent = '0', unit = ''] = match;
  // Shifting the exponent and not multiplying keeps the result correctly rounded.
  const value = Number(`${digits}e${Number(exponent) + shift}`);
  if (sign === '-' && value !== 0) return bad(`'${text}' is negative`, 'remove the minus sign');
  if (!Number.isFinite(value)) return bad(`'${text}' is too large`, 'write less');
  return { value: { value, number: text.trim().slice(0, text.trim().length - unit.length), unit } };
}

/** Reads a number without a unit. */
function readNumber(text: string, fix: string): Parsed {
  const parsed = readMeasure(text, fix);
  if ('problem' in parsed) return parsed;
  const { value, unit } = parsed.value;
  return unit === '' ? { value } : bad(`'${text}' is not a plain number`, fix);
}

/** `60s`, `15ms`, `250us`, `2min`; zero is a duration too. */
export function readDuration(text: string): Parsed<Ns> {
  const example = 'write a duration with its unit, such as 60s, 15ms, 250us or 2min';
  const parsed = readMeasure(text, example);
  if ('problem' in parsed) return parsed;
  const { number, unit } = parsed.value;
  if (unit === '')
    return bad(`'${text}' has no unit`, `write ${number}s, ${number}ms or ${number}us`);
  const factor = Object.hasOwn(DURATION_UNITS, unit) ? DURATION_UNITS[unit] : undefined;
  if (factor === undefined) return bad(`'${text}' has the unknown unit '${unit}'`, example);
  const value = Math.round(parsed.value.value * factor);
  if (value > MAX_DURATION_NS) return bad(`'${text}' is too long`, 'write at most 720h (30 days)');
  if (value === 0 && parsed.value.value > 0) {
    return bad(`'${text}' is less than a nanosecond`, 'write at least 1ns');
  }
  return { value };
}

/** A duration that is more than zero. */
export function readPositiveDuration(text: string): Parsed<Ns> {
  const parsed = readDuration(text);
  if ('problem' in parsed || parsed.value > 0) return parsed;
  return bad(`'${text}' is zero`, 'write a duration above zero, such as 60s');
}

/** Reads shares above zero and up to `max` per cent, as a fraction. */
export function shareReader(max: number): QuantityReader {
  return (text) => {
    const example = 'write a share with its per-cent sign, such as 25%';
    const parsed = readMeasure(text, example, -2);
    if ('problem' in parsed) return parsed;
    const { value, unit } = parsed.value;
    if (unit === '') return bad(`'${text}' has no per-cent sign`, example);
    if (unit !== '%') return bad(`'${text}' is not a share`, example);
    if (value === 0) return bad(`'${text}' is zero`, 'write a share above 0%');
    if (value > max / 100) return bad(`'${text}' is more than ${max}%`, `write at most ${max}%`);
    return { value };
  };
}

/** `200/s`, `12/min`, `90/h`; per second. */
export function readRate(text: string): Parsed {
  const example = 'write a rate with its unit, such as 200/s or 12/min';
  const parsed = readMeasure(text, example);
  if ('problem' in parsed) return parsed;
  const { number, unit } = parsed.value;
  if (unit === '') return bad(`'${text}' has no unit`, `write ${number}/s`);
  const name = unit.slice(1);
  const per =
    unit.startsWith('/') && Object.hasOwn(RATE_UNITS, name) ? RATE_UNITS[name] : undefined;
  if (per === undefined) return bad(`'${text}' has the unknown unit '${unit}'`, example);
  const value = parsed.value.value / per;
  if (value === 0) return bad(`'${text}' is zero`, 'write a rate above zero, such as 200/s');
  if (value > MAX_RATE_PER_S) return bad(`'${text}' is too large`, 'write at most 1000000/s');
  return { value };
}

/** Reads a plain number above zero and up to `max`. */
export function numberReader(max: number, example: string): QuantityReader {
  return (text) => {
    const parsed = readNumber(text, `write ${example}`);
    if ('problem' in parsed) return parsed;
    if (parsed.value === 0) return bad(`'${text}' is zero`, `write ${example}`);
    if (parsed.value > max) return bad(`'${text}' is too large`, `write at most ${max}`);
    return parsed;
  };
}

/** `1.1`: how much longer work may take, as a factor from 1 to 10. */
export function readSlip(text: string): Parsed {
  const fix = 'write a factor from 1 to 10, such as 1.1 for ten per cent longer';
  const parsed = readNumber(text, fix);
  if ('problem' in parsed) return parsed;
  if (parsed.value < 1) return bad(`'${text}' is less than 1`, fix);
  if (parsed.value > 10) return bad(`'${text}' is too large`, fix);
  return parsed;
}

/** Reads an integer from `min` to `max`. */
export function integerReader(min: number, max: number): QuantityReader {
  const fix = `write a whole number from ${min} to ${max}`;
  return (text) => {
    const parsed = readNumber(text, fix);
    if ('problem' in parsed) return parsed;
    if (!Number.isInteger(parsed.value)) return bad(`'${text}' is not a whole number`, fix);
    if (parsed.value < min) return bad(`'${text}' is too small`, fix);
    if (parsed.value > max) return bad(`'${text}' is too large`, fix);
    return parsed;
  };
}

/** A seed of 64 bits, exact: a whole number from 0 to 2^64 - 1. */
export function readUint64(text: string): Parsed<bigint> {
  const fix = 'write a whole number from 0 to 18446744073709551615';
  if (/^-\d+$/.test(text)) return bad(`'${text}' is negative`, 'remove the minus sign');
  if (!/^\d+$/.test(text)) return bad(`'${text}' is not a whole number`, fix);
  const value = BigInt(text);
  return value < 2n ** 64n ? { value } : bad(`'${text}' is too large`, fix);
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** Reads sizes of memory up to `max` bytes: `64MiB`, `1.5GB`, `512B`; `0` needs no unit. */
export function bytesReader(max: number): QuantityReader {
  return (text) => {
    const example = 'write a size with its unit, such as 64MiB, 1GB or 512B';
    const parsed = readMeasure(text, example);
    if ('problem' in parsed) return parsed;
    const { value: amount, number, unit } = parsed.value;
    if (unit === '') {
      return amount === 0
        ? { value: 0 }
        : bad(`'${text}' has no unit`, `write ${number}B, ${number}KiB or ${number}MiB`);
    }
    const factor = Object.hasOwn(BYTE_UNITS, unit) ? BYTE_UNITS[unit] : undefined;
    if (factor === undefined) return bad(`'${text}' has the unknown unit '${unit}'`, example);
    const value = Math.round(amount * factor);
    if (value > max) return bad(`'${text}' is too large`, `write at most ${max}B`);
    // Products such as 1.1 * 1e9 may miss their whole number by a last bit.
    if (Math.abs(value - amount * factor) > 1e-9 * value)
      return bad(`'${text}' is not a whole number of bytes`, example);
    return { value };
  };
}

function orThrow<T>(parsed: Parsed<T>, what: string): T {
  if ('value' in parsed) return parsed.value;
  throw new LithosError('E_VALUE', `${what}: ${parsed.problem}`, parsed.fix);
}

/** A duration given on the command line, above zero; `what` names the flag in errors. */
export function parseDuration(text: string, what = 'duration'): Ns {
  return orThrow(readPositiveDuration(text), what);
}

/** A moment of a run given on the command line: a duration from its start, which may be zero. */
export function parseMoment(text: string, what = 'moment'): Ns {
  return orThrow(readDuration(text), what);
}

/** A share given on the command line, up to 100 %, as a fraction. */
export function parseShare(text: string, what = 'share'): number {
  return orThrow(shareReader(100)(text), what);
}

/** A rate given on the command line, per second. */
export function parseRate(text: string, what = 'rate'): number {
  return orThrow(readRate(text), what);
}
