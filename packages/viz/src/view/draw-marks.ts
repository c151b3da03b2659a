import type { PlotState } from './plot.ts';
import type { Surface } from './surface.ts';
import { HALF_LABEL, type Tick } from './time-axis.ts';

/** A moment that was marked, where it is in the picture. */
export interface Mark {
  readonly x: number;
  readonly name: string;
}

/** The marks that are within what is shown. */
export function marksOf({ marks, span }: PlotState, width: number): readonly Mark[] {
  return marks.flatMap((at, i) =>
    at < span.from || at > span.to
      ? []
      : [{ x: ((at - span.from) / (span.to - span.from)) * width, name: `M${i + 1}` }],
  );
}

/** Where the name of a mark stands on the time axis: right of it, left of it at the end. */
export function flagOf(
  { x, name }: Mark,
  width: number,
): { readonly x: number; readonly width: number } {
  const size = 8 + name.length * 7;
  return { x: x + size > width ? x - size : x, width: size };
}

/** Ticks whose labels no mark's name covers. */
export function clearOf(
  ticks: readonly Tick[],
  marks: readonly Mark[],
  width: number,
): readonly Tick[] {
  const flags = marks.map((mark) => flagOf(mark, width));
  return ticks.filter(({ x }) =>
    flags.every((flag) => x < flag.x - HALF_LABEL || x > flag.x + flag.width + HALF_LABEL),
  );
}

/** Lines at the marks; their names stand on the time axis. */
export function drawMarks(
  surface: Surface,
  state: PlotState,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (const { x } of marksOf(state, width)) {
    surface.line([x, 0, x, height], state.theme.accent, 1.5);
  }
}
