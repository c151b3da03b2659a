import type { PlotState } from './plot.ts';
import type { Surface } from './surface.ts';

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
