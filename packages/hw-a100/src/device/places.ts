import type { TpcSet } from '@lithos/core';
import type { Cuda, Handle } from '../driver/cuda.ts';
import type { TpcGroups } from './tpc-groups.ts';

/** A CUDA stream for one scheduler stream, on one TPC set, at one priority. */
export interface Place {
  readonly stream: Handle;
  readonly context: ContextEntry;
  /** Graphs captured for this place, by number of the segment. */
  readonly graphs: Map<number, SegmentGraph>;
  /** Submissions on it that have not ended. */
  inFlight: number;
}

/** An executable graph with the completion records that its kernels keep. */
export interface SegmentGraph {
  readonly exec: Handle;
  readonly first: number;
  readonly last: number;
}

/** A green context; `handle` is undefined for the whole device, which needs none. */
interface ContextEntry {
  readonly tpcs: TpcSet;
  readonly handle: Handle | undefined;
  readonly places: Map<number, Place>;
  lastUsed: number;
}

export interface PlacesOptions {
  readonly cuda: Cuda;
  readonly all: TpcSet;
  /** `undefined`: launches are not confined. */
  readonly groups: TpcGroups | undefined;
  readonly priority: (level: number) => number;
  readonly levels: number;
  /** Green contexts kept at most. */
  readonly bound: number;
  dropGraph(graph: SegmentGraph): void;
}

/**
 * The pool of green contexts and streams. A context is made when its TPC set is first used, some
 * 1.5 ms, and beyond the bound the one that was not used for the longest time goes, if it is idle.
 */
export class Places {
  /** Green contexts made so far. */
  created = 0;
  private readonly options: PlacesOptions;
  private readonly contexts = new Map<string, ContextEntry>();
  private uses = 0;
  private recent: ContextEntry | undefined;

  constructor(options: PlacesOptions) {
    this.options = options;
  }

  get size(): number {
    return this.contexts.size;
  }

  /** The place of a scheduler stream on a TPC set, at a priority level. */
  of(tpcs: TpcSet, level: number, stream: number): Place {
    let context = this.recent;
    if (context === undefined || (context.tpcs !== tpcs && !context.tpcs.equals(tpcs))) {
      context = this.context(tpcs);
      this.recent = context;
    }
    context.lastUsed = this.uses++;
    const key = stream * this.options.levels + level;
    const known = context.places.get(key);
    return known ?? this.addPlace(context, level, key);
  }

  close(): void {
    for (const context of this.contexts.values()) this.destroy(context);
    this.contexts.clear();
    this.recent = undefined;
  }

  private context(tpcs: TpcSet): ContextEntry {
    const key = `${tpcs.w0},${tpcs.w1},${tpcs.w2}`;
    const known = this.contexts.get(key);
    if (known !== undefined) return known;
    if (this.contexts.size >= this.options.bound) this.evict();
    const { groups, all } = this.options;
    const whole = groups === undefined || tpcs.equals(all);
    const handle = whole ? undefined : groups.createContext(tpcs);
    if (!whole) this.created += 1;
    const entry: ContextEntry = { tpcs, handle, places: new Map(), lastUsed: 0 };
    this.contexts.set(key, entry);
    return entry;
  }

  private addPlace(context: ContextEntry, level: number, key: number): Place {
    const { cuda, priority } = this.options;
    const stream =
      context.handle === undefined
        ? cuda.createStream(priority(level))
        : cuda.createGreenStream(context.handle, priority(level));
    const place: Place = { stream, context, graphs: new Map(), inFlight: 0 };
    context.places.set(key, place);
    return place;
  }

  private evict(): void {
    let oldest: string | undefined;
    let oldestUse = Number.POSITIVE_INFINITY;
    for (const [key, entry] of this.contexts) {
      if (entry.lastUsed >= oldestUse || isBusy(entry)) continue;
      oldest = key;
      oldestUse = entry.lastUsed;
    }
    if (oldest === undefined) return;
    const entry = this.contexts.get(oldest);
    this.contexts.delete(oldest);
    if (entry === undefined) return;
    if (this.recent === entry) this.recent = undefined;
    this.destroy(entry);
  }

  private destroy({ places, handle }: ContextEntry): void {
    const { cuda } = this.options;
    for (const place of places.values()) {
      for (const graph of place.graphs.values()) this.options.dropGraph(graph);
      cuda.destroyStream(place.stream);
    }
    if (handle !== undefined) cuda.destroyGreenContext(handle);
  }
}

function isBusy({ places }: ContextEntry): boolean {
  for (const place of places.values()) if (place.inFlight > 0) return true;
  return false;
}
