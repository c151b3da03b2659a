import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Governor } from './governor.ts';

const CLOCKS = Array.from({ length: 81 }, (_, i) => 210 + 15 * i);
const FULL = 1410;

/** Lets one tenant of this sensitivity run for some decisions, and gives the clocks chosen. */
function govern(sensitivity: number, slip: number, decisions: number): readonly number[] {
  const governor = new Governor(1, CLOCKS, slip);
  let clock = FULL;
  return Array.from({ length: decisions }, () => {
    governor.note(0, 1e6 * (1 + sensitivity * (FULL / clock - 1)), 1e6);
    clock = governor.decide(clock);
    return clock;
  });
}

describe('Governor', () => {
  it('first takes a tenant for compute bound: f = fmax / (1 + k), with k half of the slip', () => {
    // 1410 / 1.05 = 1343.
    expect(govern(0.2, 0.1, 1)).toEqual([1350]);
  });

  it('ends at the least clock with f >= fmax / (1 + k/S)', () => {
    // 1410 / (1 + 0.05/0.5) = 1282.
    expect(govern(0.5, 0.1, 20).at(-1)).toBe(1290);
    expect(govern(1, 0.1, 20).at(-1)).toBe(1350);
  });

  it('never makes a tenant longer than its slip once it has settled', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.06, max: 1, noNaN: true }),
        fc.double({ min: 0.02, max: 0.3, noNaN: true }),
        (sensitivity, slip) => {
          const clock = govern(sensitivity, slip, 60).at(-1) ?? 0;
          expect(sensitivity * (FULL / clock - 1)).toBeLessThanOrEqual(slip * 1.02);
        },
      ),
    );
  });

  it('follows the strictest of several tenants', () => {
    const governor = new Governor(2, CLOCKS, 0.1);
    let clock = FULL;
    for (let i = 0; i < 30; i++) {
      governor.note(0, 1e6 * (1 + 0.1 * (FULL / clock - 1)), 1e6);
      governor.note(1, 1e3 * (1 + 0.8 * (FULL / clock - 1)), 1e3);
      clock = governor.decide(clock);
    }
    // 1410 / (1 + 0.05/0.8) = 1327.
    expect(clock).toBe(1335);
  });

  it('goes back to the greatest clock for unseen launches and for a tenant over its slip', () => {
    const governor = new Governor(1, CLOCKS, 0.1);
    governor.note(0, 1e6, 1e6);
    const low = governor.decide(FULL);
    expect(low).toBeLessThan(FULL);
    governor.note(0, 1e6, undefined);
    expect(governor.decide(low)).toBe(FULL);
    governor.note(0, 1.3e6, 1e6);
    expect(governor.decide(low)).toBe(FULL);
  });

  it('leaves the clock where it is while nothing runs', () => {
    expect(new Governor(3, CLOCKS, 0.1).decide(1005)).toBe(1005);
  });
});
