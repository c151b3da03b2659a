import { rgb } from './theme.ts';

/** Pixels, as an `ImageData` holds them: one little-endian word each, alpha highest. */
export interface Pixels {
  readonly words: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** Where a lane is drawn, in device pixels. */
export interface LaneBox {
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** Colours of a lane: one a series, from the bottom up, and the one of idle time. */
export interface LaneColours {
  readonly series: readonly string[];
  /** Series that are drawn as stripes: stolen time. */
  readonly striped: readonly boolean[];
  readonly idle: string;
}

/** The word of a pixel. */
export function wordOf(colour: string): number {
  const [r, g, b] = rgb(colour);
  return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}

interface Prepared {
  readonly words: Uint32Array;
  readonly r: Float64Array;
  readonly g: Float64Array;
  readonly b: Float64Array;
}

function prepare(colours: readonly string[]): Prepared {
  const parts = colours.map(rgb);
  return {
    words: Uint32Array.from(colours, wordOf),
    r: Float64Array.from(parts, ([r]) => r),
    g: Float64Array.from(parts, ([, g]) => g),
    b: Float64Array.from(parts, ([, , b]) => b),
  };
}

/**
 * Draws a lane of stacked shares: in column i, series s covers `shares[i * width + s]` of the height,
 * idle time the rest. A pixel that several parts share is mixed of them in proportion, so a column's
 * pixels add up to the exact shares.
 */
export function rasterLane(
  pixels: Pixels,
  box: LaneBox,
  shares: Float64Array,
  columns: number,
  colours: LaneColours,
): void {
  const width = colours.series.length;
  const { words, r, g, b } = prepare([...colours.series, colours.idle]);
  const { striped } = colours;
  const idle = words[width] as number;
  const { height } = box;
  for (let i = 0; i < columns; i++) {
    const only = onlyPart(shares, i * width, width);
    if (only !== MANY) {
      const word = only < 0 ? idle : (words[only] as number);
      const soft = only >= 0 && striped[only] ? soften(word, idle) : word;
      let to = box.y * pixels.width + box.x + i;
      for (let row = 0; row < height; row++, to += pixels.width) {
        pixels.words[to] = ((i + row + 1) & 3) < 2 ? soft : word;
      }
      continue;
    }
    let row = height - 1;
    let at = (box.y + row) * pixels.width + box.x + i;
    // What is left of the present pixel, and what has been mixed into it.
    let room = 1;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let s = 0; s < width && row >= 0; s++) {
      let left = (shares[i * width + s] as number) * height;
      while (left > 1e-9 && row >= 0) {
        if (room === 1 && left >= 1) {
          const stripe = striped[s] && ((i + row + 1) & 3) < 2;
          pixels.words[at] = stripe ? soften(words[s] as number, idle) : (words[s] as number);
          left -= 1;
        } else {
          const part = Math.min(room, left);
          red += part * (r[s] as number);
          green += part * (g[s] as number);
          blue += part * (b[s] as number);
          room -= part;
          left -= part;
          if (room > 1e-9) continue;
          pixels.words[at] = mixed(red, green, blue);
          room = 1;
          red = 0;
          green = 0;
          blue = 0;
        }
        row -= 1;
        at -= pixels.width;
      }
    }
    if (room < 1 && row >= 0) {
      pixels.words[at] = mixed(
        red + room * (r[width] as number),
        green + room * (g[width] as number),
        blue + room * (b[width] as number),
      );
      row -= 1;
      at -= pixels.width;
    }
    for (; row >= 0; row--, at -= pixels.width) pixels.words[at] = idle;
  }
}

/** The column has several parts. */
const MANY = -2;

/** The series that fills a column, -1 if it is idle, or `MANY`. */
function onlyPart(shares: Float64Array, from: number, width: number): number {
  let only = -1;
  for (let s = 0; s < width; s++) {
    const share = shares[from + s] as number;
    if (share <= 0) continue;
    if (share < 1 - 1e-9 || only >= 0) return MANY;
    only = s;
  }
  return only;
}

function mixed(red: number, green: number, blue: number): number {
  return (0xff000000 | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
}

/** Half of one colour, half of the other. */
function soften(one: number, other: number): number {
  return ((((one & 0xfefefe) >>> 1) + ((other & 0xfefefe) >>> 1)) | 0xff000000) >>> 0;
}

/** Copies a lane that is drawn already to another place of the same columns. */
export function copyLane(pixels: Pixels, from: LaneBox, toY: number, columns: number): void {
  for (let row = 0; row < from.height; row++) {
    const at = (from.y + row) * pixels.width + from.x;
    pixels.words.copyWithin((toY + row) * pixels.width + from.x, at, at + columns);
  }
}
