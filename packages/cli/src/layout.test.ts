import { describe, expect, it } from 'vitest';
import { columns, cut, wrap } from './layout.ts';

describe('columns', () => {
  it('aligns all but the last, which it wraps', () => {
    const rows = [
      ['a', '1', 'one two three four five six'],
      ['long', '20', 'seven'],
    ];
    expect(columns(rows, 34, [1])).toBe(
      ['a      1  one two three four five', '          six', 'long  20  seven'].join('\n'),
    );
  });

  it('takes no rows', () => {
    expect(columns([], 80)).toBe('');
  });
});

describe('wrap and cut', () => {
  it('keep within the width', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
  });
});
