import { expect, it } from 'vitest';
import { formatReading } from './format.ts';

it('says of a reading that was not given that it is unknown', () => {
  expect(formatReading(61.26, 'W')).toBe('61.3 W');
  expect(formatReading(3)).toBe('3');
  expect(formatReading(Number.NaN, 'W')).toBe('unknown');
});
