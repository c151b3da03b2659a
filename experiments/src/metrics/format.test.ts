import { expect, it } from 'vitest';
import { formatMetric } from './format.ts';
import { metricsMarkdown } from './markdown.ts';

it.each([
  ['significant', 0, '0'],
  ['significant', 0.0000012, '0.000001'],
  ['significant', 0.012345, '0.0123'],
  ['significant', 1.234, '1.23'],
  ['significant', 12.34, '12.3'],
  ['significant', 1234.5, '1,235'],
  ['count', 1234567, '1,234,567'],
  ['tenths', 99.64, '99.6'],
  ['hundredths', 12345.678, '12,345.68'],
  ['text', 'mps', 'mps'],
] as const)('formats %s %j as %s', (format, value, text) => {
  expect(formatMetric(format, value)).toBe(text);
});

it('writes every metric into the reference', () => {
  const page = metricsMarkdown();
  expect(page).toContain('| `throughput_x` |  | ↑ | Sum of');
  expect(page).toContain('| `latency_ms` | ms | ↓ | From a request’s arrival to its completion');
  expect(page).toContain('value number ceil(0.99 n) of n');
});
