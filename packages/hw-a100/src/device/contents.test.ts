import { describe, expect, it } from 'vitest';
import { contentsOf } from './contents.ts';

const of = (type: 'u32' | 'f32' | 'f64', seed = 1) =>
  contentsOf({ kind: 'random', type, seed }, 1000);
const VIEWS = { u32: Uint32Array, f32: Float32Array, f64: Float64Array };

/** Elements as numbers, in a copy. */
function numbers(contents: ReturnType<typeof contentsOf>, type: keyof typeof VIEWS, first = 0) {
  const bytes = contents.part(first, 1000).slice();
  return Array.from(new VIEWS[type](bytes.buffer));
}

describe('the contents of buffers', () => {
  it.each(['u32', 'f32', 'f64'] as const)('counts up in %s', (type) => {
    const contents = contentsOf({ kind: 'iota', type }, 1000);
    expect(numbers(contents, type, 5).slice(0, 3)).toEqual([5, 6, 7]);
    expect(contents.elementBytes).toBe(type === 'f64' ? 8 : 4);
  });

  it.each(['u32', 'f32', 'f64'] as const)('is spread evenly in %s', (type) => {
    const range = type === 'u32' ? 2 ** 32 : 1;
    const values = numbers(of(type), type).map((value) => value / range);
    expect(new Set(values).size).toBeGreaterThan(990);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03);
  });

  it('depends on place and seed alone', () => {
    const whole = numbers(of('f32'), 'f32');
    expect(numbers(of('f32'), 'f32', 500).slice(0, 500)).toEqual(whole.slice(500));
    expect(numbers(of('f32', 2), 'f32')).not.toEqual(whole);
    expect(numbers(of('u32', 2 ** 40 + 1), 'u32')).not.toEqual(numbers(of('u32'), 'u32'));
  });

  it('does not repeat after 2^32 elements', () => {
    expect(numbers(of('u32'), 'u32', 2 ** 32)).not.toEqual(numbers(of('u32'), 'u32'));
  });
});
