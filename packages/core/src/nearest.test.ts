import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const NAMES = ['lithos', 'mps', 'mig', 'time-slicing'];

describe('nearest', () => {
  it('finds what was meant', () => {
    expect(nearest('litos', NAMES)).toBe('lithos');
    expect(nearest('LITHOS', NAMES)).toBe('lithos');
    expect(nearest('timeslicing', NAMES)).toBe('time-slicing');
    expect(nearest('mpss', NAMES)).toBe('mps');
  });

  it('does not guess when nothing is near', () => {
    expect(nearest('kubernetes-operator', NAMES)).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  it('of names equally near takes the first', () => {
    expect(nearest('mi', ['mig', 'mip'])).toBe('mig');
  });

  it('finds a known name for itself, and for itself with one letter lost', () => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.nat(), (name, at) => {
        expect(nearest(name, NAMES)).toBe(name);
        const i = at % name.length;
        const shorter = name.slice(0, i) + name.slice(i + 1);
        expect(nearest(shorter, [name])).toBe(name);
      }),
    );
  });
});
