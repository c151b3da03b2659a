import { MS, type Ns, SECOND, US } from '@lithos/core';

/** A duration in the largest unit that states it exactly: what `readDuration` reads back. */
export function formatDuration(ns: Ns): string {
  if (ns % SECOND === 0) return `${ns / SECOND}s`;
  if (ns % MS === 0) return `${ns / MS}ms`;
  if (ns % US === 0) return `${ns / US}us`;
  return `${ns}ns`;
}

/** A fraction as a share; reads back as the very same number. */
export function formatShare(fraction: number): string {
  const [mantissa, exponent] = fraction.toExponential().split('e');
  const shifted = `${mantissa}e${Number(exponent) + 2}`;
  const plain = `${Number(shifted)}`;
  // The short form is exact for all but a few fractions, and these keep their exponent.
  return !plain.includes('e') && Number(`${plain}e-2`) === fraction ? `${plain}%` : `${shifted}%`;
}

/** A rate per second. */
export function formatRate(perS: number): string {
  return `${perS}/s`;
}

/** A number of bytes in the largest unit that states it exactly; reads back as the same number. */
export function formatBytes(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes > 0 && bytes % factor === 0) return `${bytes / factor}${unit}`;
  }
  return `${bytes}B`;
}
