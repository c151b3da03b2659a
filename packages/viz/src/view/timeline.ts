import * as d3 from 'd3';
import { describeHit } from './describe-hit.ts';
import { h, svg } from './dom.ts';
import { drawTracks } from './draw-tracks.ts';
import { createGutter } from './gutter.ts';
import { type Hit, hitTest } from './hit.ts';
import type { LayoutOptions, Track } from './layout.ts';
import { layOut } from './layout.ts';
import { createMinimap } from './minimap.ts';
import type { Navigator } from './navigator.ts';
import { ColumnCache, type PlotRun, type PlotState, rasterTracks } from './plot.ts';
import type { Selection } from './selection.ts';
import { canvasSurface } from './surface.ts';
import type { Theme } from './theme.ts';

export const GUTTER = 148;

/** What the timeline shows and asks for. */
export interface TimelineModel {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly layout: LayoutOptions;
  readonly selection: Selection | undefined;
  readonly marks: readonly number[];
}

export interface TimelineActions {
  select(selection: Selection | undefined): void;
  toggleGpc(run: number, gpc: number): void;
  closeRun(run: number): void;
}

export interface Timeline {
  readonly element: HTMLElement;
  /** Shows a changed model. */
  update(model: TimelineModel): void;
  /** Frames drawn so far, for measurements. */
  readonly frames: number;
  state(): PlotState | undefined;
  readonly scroll: { readonly top: number; readonly height: number };
  readonly width: number;
  focus(): void;
  /** Moment under the pointer, or the middle of what is shown. */
  pointerTime(): number;
}

/** The tracks of all runs over one time axis. */
export function createTimeline(nav: Navigator, actions: TimelineActions): Timeline {
  const canvas = h('canvas', { class: 'plot', 'aria-hidden': 'true' });
  const gutter = h('div', { class: 'gutter' });
  const spacer = h('div', { class: 'spacer' }, canvas, gutter);
  const scroller = h(
    'div',
    {
      class: 'tracks',
      tabindex: 0,
      role: 'application',
      'aria-label':
        'Timeline of who held which TPC. W and S zoom, A and D pan, F fits, Tab reaches the track list; press ? for all keys.',
    },
    spacer,
  );
  const axisSvg = svg('svg', { class: 'axis-svg', height: 26 });
  const axisLabel = h('div', { class: 'axis-label' }, 'time');
  const axis = h('div', { class: 'axis' }, axisLabel, axisSvg);
  const tooltip = h('div', { class: 'tooltip', role: 'status', hidden: true });
  const minimap = createMinimap(nav);
  const element = h('section', { class: 'timeline' }, minimap.element, axis, scroller, tooltip);

  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) throw new Error('this browser has no canvas');
  const cache = new ColumnCache();
  let model: TimelineModel | undefined;
  let tracks: readonly Track[] = [];
  let image: ImageData | undefined;
  let words = new Uint32Array(0);
  let scheduled = false;
  let frames = 0;
  let pointerX: number | undefined;
  let width = 0;
  let height = 0;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(draw);
  };
  const state = (): PlotState | undefined =>
    model && {
      runs: model.runs,
      tracks,
      span: nav.span,
      theme: model.theme,
      hiddenTenants: model.layout.hiddenTenants,
      selection: model.selection,
      requestLanes: model.layout.requestLanes,
    };

  const draw = (): void => {
    scheduled = false;
    const now = state();
    if (now === undefined || width <= 0 || height <= 0 || model === undefined) return;
    frames += 1;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const w = Math.round(width * ratio);
    const hgt = Math.round(height * ratio);
    if (image === undefined || image.width !== w || image.height !== hgt) {
      canvas.width = w;
      canvas.height = hgt;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      image = new ImageData(w, hgt);
      words = new Uint32Array(image.data.buffer);
    }
    const top = scroller.scrollTop;
    rasterTracks({ words, width: w, height: hgt }, now, cache, { top, height, ratio });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.putImageData(image, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const surface = canvasSurface(context);
    drawTracks(surface, now, { top, width, height });
    const x = (time: number): number =>
      ((time - now.span.from) / (now.span.to - now.span.from)) * width;
    model.marks.forEach((mark, i) => {
      surface.line([x(mark), 0, x(mark), height], now.theme.accent, 1.5);
      surface.text(x(mark) + 4, 12, `M${i + 1}`, now.theme.accent, { size: 10, bold: true });
    });
    if (pointerX !== undefined) {
      surface.line([pointerX, 0, pointerX, height], now.theme.muted, 0.5);
    }
    drawAxis(axisSvg, axisLabel, nav, width);
    minimap.draw(now, width);
  };

  const resize = (): void => {
    width = Math.max(0, scroller.clientWidth - GUTTER);
    height = scroller.clientHeight;
    schedule();
  };
  new ResizeObserver(resize).observe(scroller);
  scroller.addEventListener('scroll', schedule);
  nav.onChange(schedule);

  const timeAt = (x: number): number =>
    nav.span.from + (x / Math.max(1, width)) * (nav.span.to - nav.span.from);
  const local = (event: MouseEvent): { x: number; y: number } => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  scroller.addEventListener(
    'wheel',
    (event) => {
      const { x } = local(event);
      const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const scrollable = scroller.scrollHeight > scroller.clientHeight + 1;
      if (!event.ctrlKey && !event.metaKey && !sideways && scrollable) return;
      event.preventDefault();
      if (sideways && !event.ctrlKey) {
        nav.pan(((event.deltaX || event.deltaY) / Math.max(1, width)) * 1);
        return;
      }
      nav.zoom(Math.exp(Math.max(-80, Math.min(80, event.deltaY)) * 0.004), timeAt(x));
    },
    { passive: false },
  );

  let press: { x: number; y: number; pan: boolean; moved: boolean } | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    scroller.focus({ preventScroll: true });
    press = { ...local(event), pan: event.shiftKey || event.button === 1, moved: false };
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', (event) => {
    const { x, y } = local(event);
    pointerX = x;
    if (press !== undefined) {
      if (Math.abs(x - press.x) > 3) press.moved = true;
      if (press.moved && press.pan) {
        nav.pan((press.x - x) / Math.max(1, width));
        press = { ...press, x };
      } else if (press.moved) {
        const [from, to] = [timeAt(press.x), timeAt(x)].sort((a, b) => a - b) as [number, number];
        actions.select({ kind: 'range', from, to });
      }
      tooltip.hidden = true;
    } else {
      hover(x, y, event);
    }
    schedule();
  });
  canvas.addEventListener('pointerup', (event) => {
    const was = press;
    press = undefined;
    if (was === undefined || was.moved) return;
    const { x, y } = local(event);
    actions.select(hitAt(x, y)?.selection);
  });
  canvas.addEventListener('pointerleave', () => {
    pointerX = undefined;
    tooltip.hidden = true;
    schedule();
  });
  canvas.addEventListener('dblclick', (event) => {
    const { x, y } = local(event);
    const found = hitAt(x, y);
    if (found?.span === undefined) return nav.zoom(0.25, timeAt(x));
    const pad = (found.span.to - found.span.from) * 0.6;
    nav.jump({ from: found.span.from - pad, to: found.span.to + pad });
  });
  // Two fingers on a touch screen.
  const fingers = new Map<number, number>();
  canvas.addEventListener('touchmove', (event) => {
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const xs = [...event.touches].map((touch) => touch.clientX - box.left);
    const apart = Math.max(8, Math.abs((xs[0] ?? 0) - (xs[1] ?? 0)));
    const before = fingers.get(0);
    if (before !== undefined) nav.zoom(before / apart, timeAt(((xs[0] ?? 0) + (xs[1] ?? 0)) / 2));
    fingers.set(0, apart);
  });
  canvas.addEventListener('touchend', () => fingers.clear());

  const hitAt = (x: number, y: number): Hit | undefined => {
    const now = state();
    return now && hitTest(now, cache, x, y + scroller.scrollTop, width);
  };
  const hover = (x: number, y: number, event: MouseEvent): void => {
    const now = state();
    const found = hitAt(x, y);
    const lines = now && found && describeHit(now, found, timeAt(x));
    tooltip.hidden = lines === undefined;
    if (lines === undefined) return;
    tooltip.replaceChildren(...lines);
    const box = element.getBoundingClientRect();
    const left = event.clientX - box.left + 14;
    tooltip.style.left = `${Math.min(left, box.width - tooltip.offsetWidth - 8)}px`;
    const below = event.clientY - box.top + 16;
    const above = event.clientY - box.top - tooltip.offsetHeight - 10;
    tooltip.style.top = `${below + tooltip.offsetHeight > box.height ? above : below}px`;
  };

  return {
    element,
    update: (next) => {
      model = next;
      const laid = layOut(
        next.runs.map(({ open }) => open.data),
        next.layout,
      );
      tracks = laid.tracks;
      spacer.style.height = `${laid.height}px`;
      createGutter(gutter, next, tracks, actions);
      resize();
    },
    get frames() {
      return frames;
    },
    state,
    get scroll() {
      return { top: scroller.scrollTop, height };
    },
    get width() {
      return width;
    },
    focus: () => scroller.focus({ preventScroll: true }),
    pointerTime: () =>
      pointerX === undefined ? (nav.span.from + nav.span.to) / 2 : timeAt(pointerX),
  };
}

/** The time axis; far from zero and close up, ticks count from the first one that is shown. */
function drawAxis(target: SVGSVGElement, label: HTMLElement, nav: Navigator, width: number): void {
  const { from, to } = nav.span;
  const span = to - from;
  const [unit, name] =
    span >= 2e9 ? [1e9, 's'] : span >= 2e6 ? [1e6, 'ms'] : span >= 2e3 ? [1e3, 'µs'] : [1, 'ns'];
  const step = d3.tickStep(from / unit, to / unit, Math.max(2, width / 110));
  const base = span < 0.02 * from ? Math.floor(from / unit / step) * step : 0;
  const scale = d3.scaleLinear([from / unit - base, to / unit - base], [0, width]);
  const axis = d3
    .axisTop(scale)
    .ticks(Math.max(2, width / 110))
    .tickFormat((value) => `${base > 0 ? '+' : ''}${d3.format(',~r')(Number(value))} ${name}`)
    .tickSize(5);
  target.setAttribute('width', String(width));
  const group = d3.select(target).selectAll<SVGGElement, number>('g.ticks').data([0]).join('g');
  group.attr('class', 'ticks').attr('transform', 'translate(0,25)').call(axis);
  label.textContent = base > 0 ? `${d3.format(',')((base * unit) / 1e9)} s +` : 'time';
}
