import { COLOURS, DASHES, element, line, MUTED, text, textWidth, WIDTH } from './svg.ts';
import { shortNumber } from './svg-axis.ts';

const LEFT = 16;

/** One entry: a swatch, or a dashed line for a value to compare with. */
interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  readonly dashed?: boolean;
}

/** Legend of a chart's series and of the values that it compares them with, from the height `y` on. */
export function legend(
  series: readonly { readonly name: string }[],
  references: readonly { readonly name: string; readonly value: number }[],
  y: number,
): { readonly svg: string; readonly height: number } {
  const entries = [
    ...series.map(({ name }, i) => ({ name, colour: seriesColour(i) })),
    ...references.map(({ name, value }) => ({
      name: `${name}: ${shortNumber(value)}`,
      colour: MUTED,
      dashed: true,
    })),
  ];
  return swatches(entries, LEFT, y);
}

/** Colour of a chart's i-th series. */
export const seriesColour = (i: number): string => COLOURS[i % COLOURS.length] as string;

/** Entries one beside the other, broken into lines; gives the drawing and how high it is. */
function swatches(
  entries: readonly LegendEntry[],
  x: number,
  y: number,
): { readonly svg: string; readonly height: number } {
  const parts: string[] = [];
  let atX = x;
  let atY = y;
  for (const { name, colour, dashed } of entries) {
    const width = 24 + textWidth(name) + 18;
    if (atX > x && atX + width > WIDTH - 16) {
      atX = x;
      atY += 18;
    }
    parts.push(
      dashed
        ? line([atX, atY - 4], [atX + 18, atY - 4], { stroke: colour, ...DASHES })
        : element('rect', { x: atX, y: atY - 10, width: 18, height: 11, fill: colour }),
      text(atX + 24, atY, name),
    );
    atX += width;
  }
  return { svg: parts.join('\n'), height: atY - y + 18 };
}
