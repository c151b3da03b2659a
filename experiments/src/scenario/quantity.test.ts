import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatShare } from './format-quantity.ts';
import { parseDuration, parseRate, parseShare } from './quantity.ts';

describe('quantities on the command line', () => {
  it('reads durations', () => {
    expect(parseDuration('60s')).toBe(60e9);
    expect(parseDuration(' 1.5 ms ')).toBe(1_500_000);
    expect(parseDuration('0.1us')).toBe(100);
    expect(parseDuration('2min')).toBe(120e9);
    expect(parseDuration('1e3µs')).toBe(1_000_000);
  });

  it('reads shares and rates, correctly rounded', () => {
    expect(parseShare('75%')).toBe(0.75);
    expect(parseShare('0.7%')).toBe(0.007);
    expect(parseRate('200/s')).toBe(200);
    expect(parseRate('90/min')).toBe(1.5);
  });

  it('names the flag in errors and shows how to write it', () => {
    expect(() => parseDuration('60', '--duration')).toThrow("--duration: '60' has no unit");
    try {
      parseDuration('60', '--duration');
    } catch (error) {
      expect(error).toBeInstanceOf(LithosError);
      expect(error).toMatchObject({ code: 'E_VALUE', fix: 'write 60s, 60ms or 60us' });
    }
  });
});

it('formats in the largest exact unit', () => {
  expect([60e9, 15e6, 250e3, 1, 1_500_000].map(formatDuration)).toEqual([
    '60s',
    '15ms',
    '250us',
    '1ns',
    '1500us',
  ]);
  expect([0.75, 0.07, 0.007, 1, 1e-9].map(formatShare)).toEqual([
    '75%',
    '7%',
    '0.7%',
    '100%',
    '1e-7%',
  ]);
});
