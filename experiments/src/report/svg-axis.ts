import { log } from '@lithos/core';

/** A numeric axis: where a value is, as a share of its length, and where its ticks are. */
export interface Axis {
  readonly ticks: readonly number[];
  /** Values start here: 0, or the least power of ten. */
  readonly base: number;
  at(value: number): number;
}

/** Values that differ by more than this factor get a logarithmic axis. */
const LOG_FROM = 40;
const STEPS = [1, 2, 5, 10];
const TICKS = 6;

/** An axis that covers all values and begins at 0, unless it is logarithmic. */
export function axisOf(values: readonly number[]): Axis {
  const highest = Math.max(0, ...values);
  const lowest = Math.min(...values);
  return lowest > 0 && highest > LOG_FROM * lowest
    ? logarithmic(lowest, highest)
    : linear(Math.min(0, lowest), highest);
}

function linear(lowest: number, highest: number): Axis {
  const raw = Math.max(1e-9, highest - lowest) / TICKS;
  const decade = powerOfTen(Math.floor(log10(raw)));
  const step = (STEPS.find((s) => s * decade >= raw) ?? 10) * decade;
  const first = Math.floor(lowest / step);
  const last = Math.max(first + 1, Math.ceil(highest / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  const from = first * step;
  const span = (last - first) * step;
  return { ticks, base: 0, at: (value) => (value - from) / span };
}

function logarithmic(lowest: number, highest: number): Axis {
  const first = Math.floor(log10(lowest));
  const last = Math.max(first + 1, Math.ceil(log10(highest)));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => powerOfTen(first + i));
  return {
    ticks,
    base: powerOfTen(first),
    at: (value) => (log10(value) - first) / (last - first),
  };
}

/** A value on an axis or a bar, in at most three digits. */
export function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1000 ? rounded.toLocaleString('en-US') : `${rounded}`;
}

/** Rounded, so that powers of ten have whole logarithms. */
const log10 = (x: number): number => Math.round((log(x) / Math.LN10) * 1e9) / 1e9;

const powerOfTen = (exponent: number): number => Number(`1e${exponent}`);
