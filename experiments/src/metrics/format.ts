import type { MetricFormat } from './catalog.ts';

/** A value as tables write it, without its unit. */
export function formatMetric(format: MetricFormat, value: number | string): string {
  if (typeof value === 'string') return value;
  switch (format) {
    case 'text':
      return String(value);
    case 'count':
      return grouped(value.toFixed(0));
    case 'tenths':
      return grouped(value.toFixed(1));
    case 'hundredths':
      return grouped(value.toFixed(2));
    case 'significant':
      return significant(value);
  }
}

/** Three significant digits, all digits of the whole part, and never an exponent. */
function significant(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return '0';
  if (magnitude >= 100) return grouped(value.toFixed(0));
  if (magnitude >= 10) return value.toFixed(1);
  if (magnitude >= 1) return value.toFixed(2);
  return magnitude >= 0.001 ? String(Number(value.toPrecision(3))) : value.toFixed(6);
}

/** Thousands set apart: `12,345.6`. */
function grouped(digits: string): string {
  return digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}
