import type { KernelProfile } from '@lithos/core';

/**
 * A profile as JSON text with one line per field, per kernel and per long array, so that a change
 * of one number shows as a change of one line.
 */
export function formatProfile(profile: KernelProfile): string {
  const { kernels, durationNs, work, ...rest } = profile;
  const line = (key: string, value: unknown): string =>
    `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const block = (key: string, open: string, lines: readonly string[], close: string): string =>
    `  ${JSON.stringify(key)}: ${open}\n${lines.map((text) => `    ${text}`).join(',\n')}\n  ${close}`;
  const rows = (values: readonly unknown[]): string[] => values.map((v) => JSON.stringify(v));
  const fields = [
    ...Object.entries(rest).map(([key, value]) => `  ${line(key, value)}`),
    block('kernels', '[', rows(kernels), ']'),
    block('durationNs', '[', rows(durationNs), ']'),
    block(
      'work',
      '{',
      Object.entries(work).map(([key, value]) => line(key, value)),
      '}',
    ),
  ];
  return `{\n${fields.join(',\n')}\n}\n`;
}
