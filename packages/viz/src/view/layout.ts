import type { RunData } from '../data/run-data.ts';

/** How finely the occupancy of a run is shown. */
export type Level = 'tpc' | 'gpc' | 'device';

/** What one track shows; `run` is an index among the open runs. */
export type TrackKind =
  | { readonly kind: 'title'; readonly run: number }
  | { readonly kind: 'requests'; readonly run: number; readonly tenant: number }
  | { readonly kind: 'held'; readonly run: number }
  /** A lane of TPCs: one of them, those of a GPC, or all. */
  | {
      readonly kind: 'lane';
      readonly run: number;
      readonly level: Level;
      readonly tpcs: readonly number[];
      readonly gpc: number;
    }
  | {
      readonly kind: 'queue';
      readonly run: number;
      readonly which: 'launches_queued' | 'atoms_in_flight';
    }
  | {
      readonly kind: 'counter';
      readonly run: number;
      readonly column: 'sm_clock_mhz' | 'power_w';
    };

export type Track = TrackKind & { readonly y: number; readonly height: number };

/** What of the runs is laid out. */
export interface LayoutOptions {
  readonly level: Level;
  /** GPCs shown at another level than the others: `run:gpc`. */
  readonly toggled: ReadonlySet<string>;
  /** Rows of requests that each tenant needs, over all runs: so that runs are drawn to one scale. */
  readonly requestLanes: ReadonlyMap<string, number>;
  readonly compact: boolean;
  /** Show queues, clock and power. */
  readonly counters: boolean;
  readonly hiddenTenants: ReadonlySet<string>;
}

const GAP = 4;
const SECTION_GAP = 14;

/** Puts the tracks of all runs under one another. */
export function layOut(
  runs: readonly RunData[],
  options: LayoutOptions,
): { readonly tracks: readonly Track[]; readonly height: number } {
  const tracks: Track[] = [];
  let y = 0;
  const add = (kind: TrackKind, height: number, gap: number): void => {
    tracks.push({ ...kind, y, height });
    y += height + gap;
  };
  runs.forEach((data, run) => {
    if (run > 0) y += SECTION_GAP;
    add({ kind: 'title', run }, 26, 2);
    if (data.requests !== undefined) {
      data.tenants.forEach(({ name }, tenant) => {
        if (options.hiddenTenants.has(name)) return;
        const rows = options.requestLanes.get(name) ?? 1;
        add({ kind: 'requests', run, tenant }, requestHeight(rows, options.compact), GAP);
      });
    }
    if (data.sums !== undefined) {
      add({ kind: 'held', run }, options.compact ? 40 : 56, GAP + 2);
      addLanes(data, run, options, add);
    }
    if (data.counters !== undefined && options.counters) {
      const small = options.compact ? 24 : 28;
      if (data.counters.columns.has(`launches_queued_${data.tenants[0]?.name}`)) {
        add({ kind: 'queue', run, which: 'launches_queued' }, small, GAP);
        add({ kind: 'queue', run, which: 'atoms_in_flight' }, small, GAP);
      }
      for (const column of ['sm_clock_mhz', 'power_w'] as const) {
        if (data.counters.columns.has(column)) add({ kind: 'counter', run, column }, small, GAP);
      }
    }
  });
  return { tracks, height: y + 8 };
}

function requestHeight(rows: number, compact: boolean): number {
  if (rows <= 1) return 14;
  return Math.min(compact ? 76 : 84, Math.max(20, rows * 6));
}

function addLanes(
  data: RunData,
  run: number,
  { level, toggled, compact }: LayoutOptions,
  add: (kind: TrackKind, height: number, gap: number) => void,
): void {
  const all = Array.from(data.ownerOfTpc.keys());
  if (level === 'device') {
    add({ kind: 'lane', run, level, tpcs: all, gpc: -1 }, 40, GAP + 2);
    return;
  }
  let first = 0;
  data.gpcs.forEach((count, gpc) => {
    const tpcs = all.slice(first, first + count);
    first += count;
    const here = toggled.has(`${run}:${gpc}`) ? (level === 'tpc' ? 'gpc' : 'tpc') : level;
    const isLast = gpc === data.gpcs.length - 1;
    if (here === 'gpc') {
      add({ kind: 'lane', run, level: 'gpc', tpcs, gpc }, compact ? 14 : 18, isLast ? GAP + 2 : 2);
      return;
    }
    tpcs.forEach((tpc, i) => {
      const end = i === tpcs.length - 1;
      const gap = end ? (isLast ? GAP + 2 : 3) : 1;
      add({ kind: 'lane', run, level: 'tpc', tpcs: [tpc], gpc }, compact ? 6 : 7, gap);
    });
  });
}

/** The track at a height. */
export function trackAt(tracks: readonly Track[], y: number): Track | undefined {
  return tracks.find((track) => y >= track.y && y < track.y + track.height + 1);
}
