/** Time between two drawings, ms. */
const REDRAW_MS = 100;
/** Before this much of the time and of the work is over, the rest cannot be estimated. */
const ESTIMATE_AFTER_MS = 1000;
const ESTIMATE_AFTER_SHARE = 0.02;
const BAR_WIDTH = 24;
/** Where the terminal does not say how wide it is. */
const DEFAULT_COLUMNS = 80;
/** Goes to the start of the line and erases it. */
const ERASE = '\r\x1b[K';

/** One line with a bar, per cent and an estimate of the time left; nothing unless on a terminal. */
export class ProgressLine {
  private readonly stream: NodeJS.WriteStream;
  private startedMs: number | undefined;
  private drawnMs = Number.NEGATIVE_INFINITY;
  private shown = false;

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream;
  }

  /** @param share of the work that is done, 0 to 1 @param what is going on */
  update(share: number, what: string): void {
    if (!this.stream.isTTY) return;
    const now = performance.now();
    this.startedMs ??= now;
    if (now - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = now;
    const left = timeLeft(now - this.startedMs, share);
    const line = `${bar(share)} ${String(Math.floor(100 * share)).padStart(3)} %  ${left}${what}`;
    this.stream.write(ERASE + line.slice(0, (this.stream.columns || DEFAULT_COLUMNS) - 1));
    this.shown = true;
  }

  /** Removes the line; the next update draws it again. */
  clear(): void {
    if (this.shown) this.stream.write(ERASE);
    this.shown = false;
  }
}

function bar(share: number): string {
  const full = Math.round(BAR_WIDTH * share);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

function timeLeft(elapsedMs: number, share: number): string {
  if (elapsedMs < ESTIMATE_AFTER_MS || share < ESTIMATE_AFTER_SHARE) return '';
  const seconds = Math.ceil((elapsedMs * (1 - share)) / share / 1000);
  const text = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `about ${text} left  `;
}
