import type { RunSummary } from '@lithos/experiments';
import type { PlotState } from './plot.ts';
import type { Surface } from './surface.ts';

/** Something out of the ordinary in a run: a tenant left, or an atom did not end in time. */
export interface Incident {
  readonly atNs: number;
  /** The tenant and what happened to it. */
  readonly text: string;
}

/** What a run's summary says of tenants that left and atoms that did not end. */
export function incidentsOf(summary: RunSummary | undefined): readonly Incident[] {
  const stated = summary?.incidents;
  if (!Array.isArray(stated)) return [];
  return (stated as NonNullable<RunSummary['incidents']>).flatMap((one) =>
    Number.isFinite(one?.at_ms)
      ? [{ atNs: one.at_ms * 1e6, text: `${one.tenant} ${one.detail}` }]
      : [],
  );
}

/** Height of a line of text, and the lines that texts of incidents may take. */
const LINE = 14;
const LINES = 4;
/** Width of a letter, about. */
const LETTER = 5.8;
/** Letters of a text that are shown; the figures have it whole. */
const MOST = 64;

/** Marks incidents across the tracks of their run: a dashed line, and what happened. */
export function drawIncidents(
  surface: Surface,
  state: PlotState,
  { top, width }: { readonly top: number; readonly width: number },
): void {
  const { span, theme } = state;
  state.runs.forEach(({ open }, index) => {
    const incidents = incidentsOf(open.data.summary);
    if (incidents.length === 0) return;
    const tracks = state.tracks.filter(({ run, kind }) => run === index && kind !== 'title');
    const upper = Math.min(...tracks.map(({ y }) => y)) - top;
    const lower = Math.max(...tracks.map(({ y, height }) => y + height)) - top;
    // Where the texts of each line end: what does not fit beside another goes below it.
    const reached = new Array<number>(LINES).fill(Number.NEGATIVE_INFINITY);
    for (const { atNs, text } of incidents) {
      if (atNs < span.from || atNs > span.to) continue;
      const x = ((atNs - span.from) / (span.to - span.from)) * width;
      surface.line([x, upper, x, lower], theme.background, 3);
      surface.line([x, upper, x, lower], theme.miss, 1.5, [3, 2]);
      surface.area([x - 5, upper, x + 5, upper, x, upper + 8], theme.miss);
      const shown = text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
      const wide = shown.length * LETTER;
      const isLeft = x + wide + 8 > width;
      const from = isLeft ? x - wide - 8 : x + 8;
      const line = reached.findIndex((end) => end <= from);
      if (line < 0) continue;
      reached[line] = from + wide;
      surface.text(isLeft ? x - 8 : x + 8, upper + 10 + line * LINE, shown, theme.miss, {
        size: 11,
        bold: true,
        anchor: isLeft ? 'end' : 'start',
        halo: theme.background,
      });
    }
  });
}
