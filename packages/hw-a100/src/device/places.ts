import type { TpcSet } from '@lithos/core';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { withCleanup } from './cleanup.ts';
import type { TpcGroups } from './tpc-groups.ts';

/** A CUDA stream for one scheduler stream, on one TPC set, at one priority. */
export interface Place {
  readonly stream: Handle;
  readonly context: ContextEntry;
  /** Priority level. */
  readonly level: number;
  /** Graphs captured for this place, by number of the segment: one, or two used in turn. */
  readonly graphs: Map<number, SegmentGraph[]>;
  /** Submissions on it that have not ended. */
  inFlight: number;
}

/** An executable graph with the completion records that its kernels keep. */
export interface SegmentGraph {
  readonly exec: Handle;
  readonly first: number;
  readonly last: number;
  /** It was launched, and the host has not read its records: another launch would overwrite them. */
  unread: boolean;
}

/** A green context; `handle` is undefined for the whole device, which needs none. */
interface ContextEntry {
  readonly tpcs: TpcSet;
  readonly handle: Handle | undefined;
  readonly places: Map<number, Place>;
  lastUsed: number;
  /** It was evicted; nothing may be launched there. */
  gone: boolean;
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
 * The least part of a TPC set that will do in its place: making a green context waits until the device
 * is idle (measured on an H200), which costs far more.
 */
const ENOUGH = 0.75;

/**
 * The pool of green contexts and streams. Contexts of the first n TPCs and of the last n are made
 * beforehand, for every n, as schedulers keep tenants' sets compact. Another set is served by the
 * largest context within it, if that has most of its TPCs; else its own is made, and beyond the bound
 * the one that was not used for the longest time goes, if it is idle.
 */
export class Places {
  /** Green contexts made so far. */
  created = 0;
  /** Times that a set was served by a context within it. */
  substituted = 0;
  private readonly options: PlacesOptions;
  private readonly contexts = new Map<string, ContextEntry>();
  private uses = 0;

  constructor(options: PlacesOptions) {
    this.options = options;
  }

  get size(): number {
    return this.contexts.size;
  }

  /** Makes the contexts of the first n and the last n TPCs, as far as the bound has room for them. */
  precreate(): void {
    const { all, groups, bound } = this.options;
    if (groups === undefined) return;
    const step = groups.granularity;
    for (let n = step; n < groups.tpcs && this.contexts.size + 2 < bound; n += step) {
      this.make(all.lowest(n));
      this.make(all.lowest(groups.tpcs).highest(n));
    }
  }

  /** The TPC set that a launch on `tpcs` gets. */
  served(tpcs: TpcSet): TpcSet {
    return this.context(tpcs).tpcs;
  }

  /** The place of a scheduler stream on a TPC set, at a priority level. */
  of(tpcs: TpcSet, level: number, stream: number): Place {
    const context = this.context(tpcs);
    const key = stream * this.options.levels + level;
    const place = context.places.get(key) ?? this.addPlace(context, level, key);
    this.touch(place);
    return place;
  }

  /** Notes that a place is used. */
  touch(place: Place): void {
    place.context.lastUsed = this.uses++;
  }

  close(): void {
    withCleanup((all) => {
      for (const context of this.contexts.values()) all.add(() => this.destroy(context));
    });
    this.contexts.clear();
  }

  private context(tpcs: TpcSet): ContextEntry {
    return this.contexts.get(keyOf(tpcs)) ?? this.within(tpcs) ?? this.make(tpcs);
  }

  /** The largest context within a set, if it has enough of it. */
  private within(tpcs: TpcSet): ContextEntry | undefined {
    let best: ContextEntry | undefined;
    for (const entry of this.contexts.values()) {
      if (entry.tpcs.size > (best?.tpcs.size ?? 0) && entry.tpcs.isSubsetOf(tpcs)) best = entry;
    }
    if (best === undefined || best.tpcs.size < ENOUGH * tpcs.size) return undefined;
    this.substituted += 1;
    return best;
  }

  private make(tpcs: TpcSet): ContextEntry {
    if (this.contexts.size >= this.options.bound) this.evict();
    const { groups, all } = this.options;
    const whole = groups === undefined || tpcs.equals(all);
    const handle = whole ? undefined : groups.createContext(tpcs);
    if (!whole) this.created += 1;
    const lastUsed = this.uses;
    const entry: ContextEntry = { tpcs, handle, places: new Map(), lastUsed, gone: false };
    this.contexts.set(keyOf(tpcs), entry);
    return entry;
  }

  private addPlace(context: ContextEntry, level: number, key: number): Place {
    const { cuda, priority } = this.options;
    const stream =
      context.handle === undefined
        ? cuda.createStream(priority(level))
        : cuda.createGreenStream(context.handle, priority(level));
    const place: Place = { stream, context, level, graphs: new Map(), inFlight: 0 };
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
    this.destroy(entry);
  }

  private destroy(entry: ContextEntry): void {
    const { cuda } = this.options;
    const { places, handle } = entry;
    entry.gone = true;
    withCleanup((all) => {
      if (handle !== undefined) all.add(() => cuda.destroyGreenContext(handle));
      for (const { stream, graphs } of places.values()) {
        all.add(() => cuda.destroyStream(stream));
        for (const graph of [...graphs.values()].flat()) {
          all.add(() => this.options.dropGraph(graph));
        }
      }
    });
  }
}

const keyOf = (tpcs: TpcSet): string => `${tpcs.w0},${tpcs.w1},${tpcs.w2}`;

function isBusy({ places }: ContextEntry): boolean {
  for (const place of places.values()) if (place.inFlight > 0) return true;
  return false;
}
