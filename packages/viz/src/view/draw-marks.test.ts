import { describe, expect, it } from 'vitest';
import { clearOf, flagOf } from './draw-marks.ts';

describe('names of marks', () => {
  it('stay within the axis', () => {
    expect(flagOf({ x: 100, name: 'M1' }, 400)).toEqual({ x: 100, width: 22 });
    expect(flagOf({ x: 390, name: 'M1' }, 400)).toEqual({ x: 368, width: 22 });
  });

  it('have the labels left out that they would cover', () => {
    const ticks = [0, 100, 200].map((x) => ({ x, text: `${x}`, anchor: 'middle' as const }));
    expect(clearOf(ticks, [{ x: 110, name: 'M1' }], 400).map(({ x }) => x)).toEqual([0, 200]);
    expect(clearOf(ticks, [], 400)).toEqual(ticks);
  });
});
