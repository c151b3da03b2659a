import { loadProfile } from '@lithos/traces/node';
import { describe, expect, it } from 'vitest';
import { fitR2, launchR2 } from './fit.ts';

const times = (law: (tpcs: number) => number): Float64Array =>
  Float64Array.from({ length: 54 }, (_, i) => law(i + 1));

describe('the fit of l(t) = m/t + b', () => {
  it('is perfect for what follows it', () => {
    expect(launchR2(times((t) => 900 / t + 100))).toBeCloseTo(1, 12);
  });

  it('is worse for what goes in steps, and absent for what does not scale', () => {
    const r2 = launchR2(times((t) => 100 * Math.ceil(54 / t)));
    expect(r2).toBeGreaterThan(0.9);
    expect(r2).toBeLessThan(0.9999);
    expect(launchR2(times(() => 7))).toBeUndefined();
  });

  it('describes measured profiles as well as the paper says', () => {
    expect(fitR2(loadProfile('bert-large-s384-b4'))).toBeGreaterThan(0.92);
  });
});
