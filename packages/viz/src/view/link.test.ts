import { describe, expect, it } from 'vitest';
import { NO_FILTER } from '../data/filter.ts';
import { linkOf, readLink, sourceOf } from './link.ts';

describe('a link', () => {
  it('keeps runs, span, selection, level, colours, marks and filters', () => {
    const state = {
      runs: ['runs/lithos-seed1', 'https://example.org/a b/'],
      span: { from: 10, to: 200 },
      selection: 'atom:0:12',
      level: 'device',
      dark: true,
      marks: [15, 120],
      filter: {
        kernel: 'gemm & more',
        held: 'stolen',
        prediction: 'missed',
        size: 'right-sized',
        launch: 'cut',
      },
      hidden: ['chat', 'a=b'],
    } as const;
    expect(readLink({ search: '', hash: `#${linkOf(state)}` })).toEqual(state);
  });

  it('trims a kernel as the field for it does', () => {
    const kernel = (hash: string): string => readLink({ search: '', hash }).filter.kernel;
    expect(kernel('#kernel=+gemm%20')).toBe('gemm');
    expect(kernel('#kernel=+')).toBe('');
  });

  it('leaves out what is not understood', () => {
    const read = readLink({
      search: '?run=x',
      hash: '#t=5,4&level=sm&theme=pink&sel=&m=x,-1,7&held=lent&launch=',
    });
    expect(read).toEqual({
      runs: ['x'],
      span: undefined,
      selection: '',
      level: undefined,
      dark: undefined,
      marks: [7],
      filter: NO_FILTER,
      hidden: [],
    });
  });

  it('names the folder of an address, malformed or not', () => {
    const base = 'http://127.0.0.1:1/viewer/';
    expect(sourceOf('runs/a%20b/', base)).toEqual({
      kind: 'url',
      name: 'a b',
      address: 'runs/a%20b/',
      url: 'http://127.0.0.1:1/viewer/runs/a%20b/',
    });
    expect(sourceOf('runs/%zz', base)).toMatchObject({ name: '%zz', address: 'runs/%zz' });
    expect(sourceOf('http://[', base)).toMatchObject({ name: '[', url: 'http://[' });
  });
});
