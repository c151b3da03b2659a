import * as d3 from 'd3';
import { h, svg } from './dom.ts';
import { rasterLane } from './lane-raster.ts';
import type { Navigator } from './navigator.ts';
import { edgesOf, laneColours, type PlotRun, type PlotState } from './plot.ts';
import { laneShares, weightsOf } from './shares.ts';

const HEIGHT = 14;

/** The whole time of each run in one row, with a window on it that is dragged and drawn out. */
export interface Minimap {
  readonly element: HTMLElement;
  draw(state: PlotState, width: number): void;
}

export function createMinimap(nav: Navigator): Minimap {
  const canvas = h('canvas', { class: 'minimap-canvas' });
  const overlay = svg('svg', { class: 'minimap-brush' });
  const holder = h('div', { class: 'minimap-holder' }, canvas, overlay);
  const element = h(
    'div',
    { class: 'minimap', title: 'The whole run. Drag to choose what is shown; the wheel zooms.' },
    h('div', { class: 'axis-label' }, 'whole run'),
    holder,
  );
  const group = d3.select(overlay).append('g');
  let sized = '';
  let drawn = '';
  let painted: readonly PlotRun[] = [];
  let width = 0;
  let silent = false;
  const brush = d3.brushX<unknown>().on('brush end', (event: d3.D3BrushEvent<unknown>) => {
    if (silent || event.sourceEvent === undefined || event.sourceEvent === null) return;
    const chosen = event.selection as [number, number] | null;
    if (chosen === null) {
      if (event.type === 'end') nav.fit();
      return;
    }
    const { from, to } = nav.limits;
    const at = (x: number): number => from + (x / Math.max(1, width)) * (to - from);
    nav.show({ from: at(chosen[0]), to: at(chosen[1]) });
  });
  holder.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const { from, to } = nav.limits;
      const x = event.clientX - holder.getBoundingClientRect().left;
      const at = from + (x / Math.max(1, width)) * (to - from);
      nav.zoom(Math.exp(Math.max(-80, Math.min(80, event.deltaY)) * 0.004), at);
    },
    { passive: false },
  );

  return {
    element,
    draw: (state, now) => {
      const height = Math.max(1, state.runs.length) * HEIGHT;
      const size = `${now} ${height}`;
      const key = `${size} ${state.theme.dark} ${nav.limits.to} ${[...state.hiddenTenants].join()} ${state.filter.held}`;
      // Runs that go on are other ones with every report.
      if (key !== drawn || state.runs !== painted) {
        drawn = key;
        painted = state.runs;
        paint(canvas, state, now, nav);
      }
      if (size !== sized) {
        sized = size;
        width = now;
        holder.style.height = `${height}px`;
        overlay.setAttribute('width', String(now));
        overlay.setAttribute('height', String(height));
        brush.extent([
          [0, 0],
          [now, height],
        ]);
        group.call(brush);
        group.selectAll('.overlay').attr('aria-label', 'Choose the span of time that is shown');
      }
      const { from, to } = nav.limits;
      const x = (time: number): number => ((time - from) / (to - from)) * now;
      silent = true;
      const [left, right] = [x(nav.span.from), x(nav.span.to)];
      group.call(brush.move, [left, Math.max(left + 1.5, right)]);
      silent = false;
    },
  };
}

function paint(canvas: HTMLCanvasElement, state: PlotState, width: number, nav: Navigator): void {
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const columns = Math.max(1, Math.round(width * ratio));
  const rowHeight = Math.round(HEIGHT * ratio);
  canvas.width = columns;
  canvas.height = rowHeight * Math.max(1, state.runs.length);
  canvas.style.width = `${width}px`;
  const image = new ImageData(columns, canvas.height);
  const pixels = {
    words: new Uint32Array(image.data.buffer),
    width: columns,
    height: canvas.height,
  };
  state.runs.forEach((run, i) => {
    paintRun(run, state, pixels, i * rowHeight, rowHeight - 1, nav);
  });
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

function paintRun(
  run: PlotRun,
  state: PlotState,
  pixels: { readonly words: Uint32Array; readonly width: number; readonly height: number },
  y: number,
  height: number,
  nav: Navigator,
): void {
  const { atoms, sums } = run;
  const { ownerOfTpc } = run.open.data;
  if (atoms === undefined || sums === undefined || run.windows === undefined) return;
  const edges = edgesOf(nav.limits, pixels.width);
  const cells = new Float64Array(pixels.width * run.windows.cells);
  run.windows.columns(edges, cells);
  const shares = new Float64Array(pixels.width * sums.series.length);
  laneShares(atoms, sums, weightsOf(atoms, ownerOfTpc.keys()), { sums: cells, edges }, shares);
  const colours = laneColours(run, state);
  rasterLane(pixels, { x: 0, y, height }, shares, pixels.width, {
    ...colours,
    striped: colours.striped.map(() => false),
  });
}
