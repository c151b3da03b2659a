import type { Filter } from '../data/filter.ts';
import { describeHit } from './describe-hit.ts';
import { h, svg } from './dom.ts';
import { clearOf, drawMarks, flagOf, type Mark, marksOf } from './draw-marks.ts';
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
import { timeAxis } from './time-axis.ts';

export const GUTTER = 148;

/** What the timeline shows and asks for. */
export interface TimelineModel {
  readonly runs: readonly PlotRun[];
  readonly theme: Theme;
  readonly layout: LayoutOptions;
  readonly selection: Selection | undefined;
  readonly marks: readonly number[];
  readonly filter: Filter;
}

export interface TimelineActions {
  select(selection: Selection | undefined): void;
  toggleGpc(run: PlotRun, gpc: number): void;
  closeRun(run: PlotRun): void;
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
      marks: model.marks,
      filter: model.filter,
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
    drawMarks(surface, now, { width, height });
    if (pointerX !== undefined) {
      surface.line([pointerX, 0, pointerX, height], now.theme.muted, 0.5);
    }
    drawAxis(axisSvg, axisLabel, nav, width, marksOf(now, width));
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

  let press:
    | {
        readonly x: number;
        readonly y: number;
        readonly pan: boolean;
        moved: boolean;
        /** What was selected before. */
        readonly before: Selection | undefined;
      }
    | undefined;
  // Pointers that are down: a second finger makes it a pinch, which selects nothing.
  const down = new Set<number>();
  const giveUp = (): void => {
    if (press?.moved === true && !press.pan) actions.select(press.before);
    press = undefined;
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 && event.button !== 1) return;
    scroller.focus({ preventScroll: true });
    down.add(event.pointerId);
    canvas.setPointerCapture(event.pointerId);
    if (down.size > 1) {
      giveUp();
      return;
    }
    const pan = event.shiftKey || event.button === 1;
    press = { ...local(event), pan, moved: false, before: model?.selection };
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
    } else if (down.size === 0) {
      hover(x, y, event);
    }
    schedule();
  });
  canvas.addEventListener('pointerup', (event) => {
    const was = press;
    press = undefined;
    down.delete(event.pointerId);
    if (was === undefined || was.moved) return;
    const { x, y } = local(event);
    actions.select(hitAt(x, y)?.selection);
  });
  // The browser took the gesture for itself, to scroll.
  canvas.addEventListener('pointercancel', (event) => {
    down.delete(event.pointerId);
    giveUp();
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
    return now && hitTest(now, x, y + scroller.scrollTop, width);
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

function drawAxis(
  target: SVGSVGElement,
  label: HTMLElement,
  { span }: Navigator,
  width: number,
  marks: readonly Mark[],
): void {
  const { ticks, base } = timeAxis(span, width);
  target.setAttribute('width', String(width));
  target.replaceChildren(
    ...clearOf(ticks, marks, width).flatMap(({ x, text, anchor }) => [
      svg('line', { x1: x, x2: x, y1: 20, y2: 26 }),
      axisText(text, { x, y: 15, 'text-anchor': anchor }),
    ]),
    // Over the tracks they would lie under the titles of the runs.
    ...marks.flatMap((mark) => {
      const flag = flagOf(mark, width);
      return [
        svg('rect', { class: 'mark', ...flag, y: 0, height: 14, rx: 2 }),
        axisText(mark.name, { class: 'mark', x: flag.x + 4, y: 11 }),
      ];
    }),
  );
  label.textContent = base === '' ? 'time' : base;
}

function axisText(text: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = svg('text', attributes);
  element.textContent = text;
  return element;
}
