import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Governor, lengthening } from './governor.ts';

const CLOCKS = Array.from({ length: 81 }, (_, i) => 210 + 15 * i);
const FULL = 1410;

/** Lets one tenant of this sensitivity run for some decisions, and gives the clocks chosen. */
function govern(sensitivity: number, slip: number, decisions: number): readonly number[] {
  const governor = new Governor([slip], CLOCKS);
  let clock = FULL;
  return Array.from({ length: decisions }, () => {
    governor.note(0, 1e6 * (1 + sensitivity * (FULL / clock - 1)), 1e6);
    clock = governor.decide(clock);
    return clock;
  });
}

describe('Governor', () => {
  it('first takes a tenant for compute bound: f = fmax / (1 + k), with k 85 % of the slip', () => {
    // 1410 / 1.085 = 1300.
    expect(govern(0.2, 0.1, 1)).toEqual([1305]);
  });

  it('ends at the least clock with f >= fmax / (1 + k/S)', () => {
    // 1410 / (1 + 0.085/0.5) = 1205.
    expect(govern(0.5, 0.1, 20).at(-1)).toBe(1215);
    expect(govern(1, 0.1, 20).at(-1)).toBe(1305);
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
    const governor = new Governor([0.1, 0.1], CLOCKS);
    let clock = FULL;
    for (let i = 0; i < 30; i++) {
      governor.note(0, 1e6 * (1 + 0.1 * (FULL / clock - 1)), 1e6);
      governor.note(1, 1e3 * (1 + 0.8 * (FULL / clock - 1)), 1e3);
      clock = governor.decide(clock);
    }
    // 1410 / (1 + 0.085/0.8) = 1275.
    expect(clock).toBe(1275);
  });

  it('goes back to the greatest clock for unseen launches and for a tenant over its slip', () => {
    const governor = new Governor([0.1], CLOCKS);
    governor.note(0, 1e6, 1e6);
    const low = governor.decide(FULL);
    expect(low).toBeLessThan(FULL);
    governor.note(0, 1e6, undefined);
    expect(governor.decide(low)).toBe(FULL);
    governor.note(0, 1.3e6, 1e6);
    expect(governor.decide(low)).toBe(FULL);
  });

  it('leaves the clock where it is while nothing runs', () => {
    expect(new Governor([0.1, 0.1, 0.1], CLOCKS).decide(1005)).toBe(1005);
  });

  it('takes a tenant at its own slip', () => {
    const governor = new Governor([0.02, 0.3], CLOCKS);
    governor.note(1, 1e6, 1e6);
    // 1410 / 1.255 = 1124, and a little more for a load that is not quite nothing.
    expect(governor.decide(FULL)).toBe(1140);
    governor.note(0, 1e6, 1e6);
    governor.note(1, 1e6, 1e6);
    // 1410 / 1.017 = 1386.
    expect(governor.decide(FULL)).toBe(1395);
  });
});

describe('lengthening', () => {
  /** P99 of a queue with service time `s` at arrival rate 1, by the formula it rests on. */
  const p99 = (s: number): number => s * (1 + (2.3 * s) / (1 - s));

  it('is what the P99 of a queue can bear', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.9, noNaN: true }), (busy) => {
        const step = 1e-6;
        const k = lengthening(0.1, busy);
        const growth = (p99(busy * (1 + step)) / p99(busy) - 1) / step;
        expect(k * growth).toBeCloseTo(0.085, 4);
      }),
    );
  });

  it('is all of it for a closed loop, which has no queue', () => {
    expect(lengthening(0.1, 0.99)).toBeCloseTo(0.085);
    expect(lengthening(0.1, 0.9)).toBeLessThan(0.01);
  });
});
