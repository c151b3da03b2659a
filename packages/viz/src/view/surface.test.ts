import { describe, expect, it } from 'vitest';
import { svgSurface } from './surface.ts';

describe('svgSurface', () => {
  it('draws the halo of a text behind its letters, and none where none is asked for', () => {
    const surface = svgSurface();
    surface.text(1, 2, 'a < b', '#111', { halo: '#fff' });
    surface.text(3, 4, 'plain', '#111');
    const [haloed, plain] = surface
      .finish(10, 10, '#fff')
      .split('\n')
      .map((line) => line.slice(line.indexOf('<text')));
    expect(haloed).toContain('stroke="#fff" stroke-width="3"');
    expect(haloed).toContain('paint-order="stroke">a &lt; b</text>');
    expect(plain).not.toContain('stroke');
  });
});
