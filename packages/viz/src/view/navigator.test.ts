import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNavigator, within } from './navigator.ts';

const limits = { from: 0, to: 1e9 };

describe('within', () => {
  it('gives a span inside the limits, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e10, max: 1e10, noNaN: true }),
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        (from, length) => {
          const span = within({ from, to: from + length }, limits);
          expect(span.from).toBeGreaterThanOrEqual(0);
          expect(span.to).toBeLessThanOrEqual(1e9 + 1e-3);
          expect(span.to - span.from).toBeGreaterThanOrEqual(199);
        },
      ),
    );
  });
});

describe('a navigator', () => {
  it('keeps the moment that is zoomed around in its place', () => {
    const nav = createNavigator();
    nav.setLimits(limits);
    nav.zoom(0.1, 3e8);
    expect(nav.span.from).toBeCloseTo(2.7e8, 0);
    expect(nav.span.to).toBeCloseTo(3.7e8, 0);
  });

  it('shows all of longer limits if it showed all before, and else stays', () => {
    const nav = createNavigator();
    nav.setLimits(limits);
    expect(nav.span).toEqual(limits);
    nav.setLimits({ from: 0, to: 2e9 });
    expect(nav.span).toEqual({ from: 0, to: 2e9 });
    nav.show({ from: 1e8, to: 2e8 });
    nav.setLimits({ from: 0, to: 3e9 });
    expect(nav.span).toEqual({ from: 1e8, to: 2e8 });
  });

  it('goes back over changes, those of one gesture in one step', () => {
    const nav = createNavigator();
    nav.setLimits(limits);
    nav.pan(0.1);
    nav.zoom(0.5, 5e8);
    nav.zoom(0.5, 5e8);
    const closer = nav.span;
    nav.fit();
    nav.undo();
    expect(nav.span).toEqual(closer);
    nav.undo();
    expect(nav.span).toEqual(limits);
    nav.undo();
    expect(nav.span).toEqual(limits);
  });
});
