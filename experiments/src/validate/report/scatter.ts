import { axisOf, type Scale } from './axis.ts';

/** Points of one kind; what is measured goes to the right, what is predicted up. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly measured: number; readonly predicted: number }[];
}

export interface ScatterOptions {
  readonly title: string;
  /** Of both axes, without "measured" and "predicted". */
  readonly unit: string;
  readonly scale: Scale;
  /** Errors that are marked by a pair of lines along the diagonal, %. */
  readonly band: number;
}

const SIZE = 420;
const LEFT = 64;
const TOP = 34;
const BOTTOM = 46;
const LEGEND = 190;
const WIDTH = LEFT + SIZE + 16 + LEGEND;
const HEIGHT = TOP + SIZE + BOTTOM;
/** Colours that differ in lightness, too, and stand out on white and on black (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const STYLE = `text{font:12px system-ui,sans-serif;fill:#333}.g{stroke:#8885;fill:none}.d{stroke:#777;fill:none}.b{stroke:#777;stroke-dasharray:4 4;fill:none}@media(prefers-color-scheme:dark){text{fill:#ddd}.d,.b{stroke:#aaa}}`;

/** Coordinates have one digit, so that equal figures are equal bytes. */
const at = (x: number): string => `${Math.round(x * 10) / 10}`;

/** Measured against predicted as an SVG drawing, for light and dark pages alike. */
export function scatterSvg(series: readonly Series[], options: ScatterOptions): string {
  const { title, unit, scale, band } = options;
  const values = series.flatMap((s) => s.points.flatMap((p) => [p.measured, p.predicted]));
  const axis = axisOf(values, scale);
  const x = (value: number): number => LEFT + SIZE * axis.place(value);
  const y = (value: number): number => TOP + SIZE * (1 - axis.place(value));
  const grid = axis.ticks
    .map((t) => `M${at(x(t))} ${TOP}v${SIZE}M${LEFT} ${at(y(t))}h${SIZE}`)
    .join('');
  const parts = [
    `<title>${escaped(title)}</title><style>${STYLE}</style>`,
    `<path class="g" d="${grid}"/>`,
    `<path class="d" d="${diagonal(1)}"/>`,
    `<path class="b" d="${diagonal(1 + band / 100)}${diagonal(1 / (1 + band / 100))}"/>`,
    `<text x="${LEFT}" y="20" font-weight="600">${escaped(title)}</text>`,
    ...axis.ticks.flatMap((t) => [
      `<text x="${at(x(t))}" y="${TOP + SIZE + 16}" text-anchor="middle">${axis.label(t)}</text>`,
      `<text x="${LEFT - 6}" y="${at(y(t) + 4)}" text-anchor="end">${axis.label(t)}</text>`,
    ]),
    `<text x="${LEFT + SIZE / 2}" y="${HEIGHT - 8}" text-anchor="middle">measured, ${escaped(unit)}</text>`,
    `<text transform="translate(14 ${TOP + SIZE / 2}) rotate(-90)" text-anchor="middle">predicted, ${escaped(unit)}</text>`,
    ...series.map(points),
    ...series.map(legend),
    `<path class="b" d="M${LEFT + SIZE + 14} ${TOP + 22 + 20 * series.length}h18"/>`,
    `<text x="${LEFT + SIZE + 38}" y="${TOP + 26 + 20 * series.length}">${band} % off</text>`,
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">\n${parts.join('\n')}\n</svg>\n`;

  /** Where predicted is `factor` times measured, within the frame. */
  function diagonal(factor: number): string {
    const from = Math.max(axis.low, axis.low / factor);
    const to = Math.min(axis.high, axis.high / factor);
    if (!(to > from)) return '';
    return `M${at(x(from))} ${at(y(from * factor))}L${at(x(to))} ${at(y(to * factor))}`;
  }

  /** Strokes of no length with round ends: the shortest way to write many dots. */
  function points({ points }: Series, i: number): string {
    const dots = points.map((p) => `M${at(x(p.measured))} ${at(y(p.predicted))}h0`).join('');
    return `<path d="${dots}" stroke="${COLOURS[i % COLOURS.length]}" stroke-width="6" stroke-opacity=".65" stroke-linecap="round"/>`;
  }

  function legend({ name }: Series, i: number): string {
    const top = TOP + 14 + 20 * i;
    return `<circle cx="${LEFT + SIZE + 24}" cy="${top}" r="4" fill="${COLOURS[i % COLOURS.length]}"/><text x="${LEFT + SIZE + 38}" y="${top + 4}">${escaped(name)}</text>`;
  }
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
