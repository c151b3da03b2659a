/** The span of time that is shown, ns. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Shortest span that can be shown, ns. */
const MIN_SPAN = 200;
/** Changes nearer to each other than this, ms, are one step of undo. */
const STEP_MS = 500;
const MAX_UNDO = 200;

/** The way through a timeline: what is shown, and what was before. */
export interface Navigator {
  readonly span: Span;
  readonly limits: Span;
  setLimits(limits: Span): void;
  /** Part of a gesture: quick changes in a row are one step of undo. */
  show(span: Span): void;
  /** A step of its own. */
  jump(span: Span): void;
  /** Jumps to a moment, with a tenth of all time around it, or less if less is shown. */
  jumpTo(moment: number): void;
  /** Zooms by a factor (below 1 goes closer) around a moment. */
  zoom(factor: number, around: number): void;
  /** Moves by a share of what is shown. */
  pan(share: number): void;
  fit(): void;
  undo(): void;
  onChange(listener: () => void): void;
}

export function createNavigator(): Navigator {
  let limits: Span = { from: 0, to: 1 };
  let span: Span = limits;
  let lastChange = Number.NEGATIVE_INFINITY;
  const past: Span[] = [];
  const listeners: (() => void)[] = [];

  const put = (next: Span): void => {
    if (next.from === span.from && next.to === span.to) return;
    span = next;
    for (const listener of listeners) listener();
  };
  const show = (wanted: Span): void => {
    const next = within(wanted, limits);
    if (next.from === span.from && next.to === span.to) return;
    const now = performance.now();
    if (now - lastChange > STEP_MS) {
      past.push(span);
      if (past.length > MAX_UNDO) past.shift();
    }
    lastChange = now;
    put(next);
  };
  const jump = (wanted: Span): void => {
    lastChange = Number.NEGATIVE_INFINITY;
    show(wanted);
    lastChange = Number.NEGATIVE_INFINITY;
  };
  return {
    get span() {
      return span;
    },
    get limits() {
      return limits;
    },
    setLimits: (next) => {
      const whole = span.from === limits.from && span.to === limits.to;
      limits = next;
      put(whole ? limits : within(span, limits));
    },
    show,
    jump,
    jumpTo: (moment) => {
      const half = Math.min(span.to - span.from, limits.to / 10) / 2;
      jump({ from: moment - half, to: moment + half });
    },
    zoom: (factor, around) =>
      show({
        from: around - (around - span.from) * factor,
        to: around + (span.to - around) * factor,
      }),
    pan: (share) => {
      const by = (span.to - span.from) * share;
      show({ from: span.from + by, to: span.to + by });
    },
    fit: () => jump(limits),
    undo: () => {
      const before = past.pop();
      lastChange = Number.NEGATIVE_INFINITY;
      if (before !== undefined) put(within(before, limits));
    },
    onChange: (listener) => listeners.push(listener),
  };
}

/** The span, no shorter than can be shown and moved into the limits. */
export function within(span: Span, limits: Span): Span {
  const whole = limits.to - limits.from;
  const length = Math.min(whole, Math.max(MIN_SPAN, span.to - span.from));
  const middle = (span.from + span.to) / 2;
  const from = Math.min(limits.to - length, Math.max(limits.from, middle - length / 2));
  return { from, to: from + length };
}
