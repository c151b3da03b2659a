/** Pieces of SVG charts. Coordinates are rounded, so that equal charts are equal bytes. */

/** Colours that also differ in lightness (Okabe and Ito). */
export const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];
export const INK = '#222222';
export const MUTED = '#666666';
export const GRID = '#e3e3e3';
/** Width of a chart, and of a character of its 12 px text. */
export const WIDTH = 760;
const CHARACTER = 6.6;

type Attributes = Readonly<Record<string, string | number>>;

/** An element with its attributes and what is in it. */
export function element(name: string, attributes: Attributes, inside = ''): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escaped(value)}"`,
  );
  return inside === ''
    ? `<${name}${list.join('')}/>`
    : `<${name}${list.join('')}>${inside}</${name}>`;
}

export function text(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, fill: INK, ...attributes }, escaped(content));
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  attributes: Attributes,
): string {
  return element('line', { x1, y1, x2, y2, ...attributes });
}

/** A whole drawing on white, with a title for readers that do not see it. */
export function drawing(title: string, height: number, parts: readonly string[]): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${WIDTH} ${coordinate(height)}`,
    width: WIDTH,
    height,
    role: 'img',
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
  };
  const body = [
    element('title', {}, escaped(title)),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(16, 26, title, { 'font-size': 15, 'font-weight': 600 }),
    ...parts,
  ];
  return `${element('svg', attributes, `\n${body.join('\n')}\n`)}\n`;
}

/** About how wide a text is, px. */
export const textWidth = (content: string): number => content.length * CHARACTER;

export const DASHES = { 'stroke-width': 1.5, 'stroke-dasharray': '5 4' };

const coordinate = (value: number): string => `${Math.round(value * 100) / 100}`;

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
