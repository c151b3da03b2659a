export type Scale = 'linear' | 'log';

/** One axis for both directions of a plot. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** 0 at `low`, 1 at `high`. */
  readonly place: (value: number) => number;
  readonly label: (tick: number) => string;
}

/** An axis from one round number to another that holds all values; a log axis spans whole decades. */
export function axisOf(values: readonly number[], scale: Scale): Axis {
  const least = Math.min(...values);
  const most = Math.max(...values);
  return scale === 'log' ? decades(least, most) : steps(least, most);
}

function decades(least: number, most: number): Axis {
  const from = Math.floor(Math.log10(least));
  const to = Math.max(from + 1, Math.ceil(Math.log10(most)));
  return {
    low: 10 ** from,
    high: 10 ** to,
    ticks: Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i)),
    place: (value) => (Math.log10(value) - from) / (to - from),
    label: (tick) => labelOf(tick),
  };
}

function steps(least: number, most: number): Axis {
  const step = 10 ** Math.floor(Math.log10(most));
  const low = Math.floor(least / step) * step;
  const high = Math.max(low + step, Math.ceil(most / step) * step);
  return {
    low,
    high,
    ticks: Array.from({ length: Math.round((high - low) / step) + 1 }, (_, i) => low + i * step),
    place: (value) => (value - low) / (high - low),
    label: (tick) => labelOf(tick),
  };
}

/** 1000 as 1k and so on; below 1, a decimal fraction. */
function labelOf(tick: number): string {
  if (tick >= 1e6) return `${Number((tick / 1e6).toPrecision(3))}M`;
  if (tick >= 1e3) return `${Number((tick / 1e3).toPrecision(3))}k`;
  return `${Number(tick.toPrecision(3))}`;
}
