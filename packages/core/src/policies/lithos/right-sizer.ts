import type { Launchable } from '../../kernel.ts';
import type { Ns } from '../../units.ts';

/** Times a launch runs on all TPCs before it is tried on fewer. */
const REFERENCES = 2;
/** Launches that decide on one TPC count: two of three within the slip accept it. */
const VOTES = 3;
/** The search for a size ends when it is this near, as a share of all TPCs. */
const NEAR_ENOUGH = 0.04;
/** Every so many launches one runs on all TPCs again, so that the reference follows the workload. */
const REFRESH = 64;
/** Weight of a new observation in the reference. */
const REFERENCE_STEP = 0.3;
/** A size must save this share of TPC-time: running longer on fewer TPCs is no gain by itself. */
const LEAST_SAVING = 0.05;
/** Part of the slip that a trial may use up; the rest is for what a few launches do not show. */
const USED_SHARE = 0.8;
/** Above this multiple of the slip a settled size is searched again. */
const DRIFT = 1.15;

/** Search for the size of one kernel: `bad` TPCs were too few, `ok` are enough. */
interface Search {
  ok: number;
  bad: number;
  /** The count under trial; 0 when the size is settled. */
  trial: number;
  votes: number;
  within: number;
  launches: number;
  drift: number;
}

/**
 * Finds how few TPCs a kernel needs: the smallest count at which it takes at most `slip` times as long
 * as on all TPCs it may use (LithOS, section 5.5).
 *
 * The paper fits m/t + b to two samples. Measured kernels go in waves, and such a fit errs by up to
 * 13 %, so here the fit is replaced by the search it stands for: bisection on measured launches, from
 * the occupancy bound down, some five trials for a kernel function and shape, shared by all places of
 * the iteration in which it occurs. A trial compares a launch with the same place on all TPCs.
 * One object per stream and number of TPCs at hand.
 */
export class RightSizer {
  private readonly all: number;
  private readonly slip: number;
  /** Greatest ratio to the time on all TPCs at which a trial counts as within the slip. */
  private readonly acceptable: number;
  private readonly searches: (Search | undefined)[] = [];
  /** Duration on all TPCs by ordinal, and how often it was seen. */
  private references = new Float64Array(1024);
  private seen = new Uint8Array(1024);

  constructor(all: number, slip: number) {
    this.all = all;
    this.slip = slip;
    this.acceptable = 1 + USED_SHARE * (slip - 1);
  }

  /**
   * TPCs to run the launch on.
   * @param bound more TPCs than this its blocks cannot use
   */
  size(work: Launchable, bound: number): number {
    const { ordinal } = work;
    if (ordinal >= this.seen.length) this.grow(ordinal);
    if ((this.seen[ordinal] as number) < REFERENCES) return this.all;
    const search = this.search(work.kernel.id, bound);
    search.launches += 1;
    if (search.launches % REFRESH === 0) return this.all;
    return search.trial > 0 ? search.trial : search.ok;
  }

  /** Notes that the whole launch took `ns` on `tpcs` TPCs. */
  observe(work: Launchable, tpcs: number, ns: Ns): void {
    const { ordinal, kernel } = work;
    if (ordinal >= this.seen.length) this.grow(ordinal);
    const seen = this.seen[ordinal] as number;
    if (tpcs === this.all) {
      const old = this.references[ordinal] as number;
      this.references[ordinal] = seen === 0 ? ns : old + REFERENCE_STEP * (ns - old);
      this.seen[ordinal] = Math.min(255, seen + 1);
      return;
    }
    const search = this.searches[kernel.id];
    if (search === undefined || seen === 0) return;
    const ratio = ns / (this.references[ordinal] as number);
    if (search.trial === tpcs) this.vote(search, ratio);
    else if (search.trial === 0 && search.ok === tpcs) this.watch(search, ratio);
  }

  private vote(search: Search, ratio: number): void {
    search.votes += 1;
    const saving = 1 - (ratio * search.trial) / this.all;
    if (ratio <= this.acceptable && saving >= LEAST_SAVING) search.within += 1;
    const needed = (VOTES + 1) / 2;
    if (search.within >= needed) search.ok = search.trial;
    else if (search.votes - search.within >= needed) search.bad = search.trial;
    else return;
    this.next(search);
  }

  /** A settled size that has become too small is searched again, from above. */
  private watch(search: Search, ratio: number): void {
    search.drift += 0.1 * (ratio - search.drift);
    if (search.drift <= this.slip * DRIFT) return;
    search.bad = search.ok;
    search.ok = this.all;
    this.next(search);
  }

  /** Chooses the next count to try, or settles. */
  private next(search: Search): void {
    search.votes = 0;
    search.within = 0;
    search.drift = 1;
    const near = Math.max(1, Math.round(this.all * NEAR_ENOUGH));
    search.trial = search.ok - search.bad <= near ? 0 : (search.ok + search.bad) >> 1;
  }

  private search(kernel: number, bound: number): Search {
    let search = this.searches[kernel];
    if (search === undefined) {
      const ok = this.all;
      search = { ok, bad: 0, trial: 0, votes: 0, within: 0, launches: 0, drift: 1 };
      // The occupancy filter: blocks that cannot fill more TPCs need no more.
      search.trial = bound < ok ? bound : 0;
      if (search.trial === 0) this.next(search);
      this.searches[kernel] = search;
    }
    return search;
  }

  private grow(ordinal: number): void {
    const n = 2 ** Math.ceil(Math.log2(ordinal + 1));
    const references = new Float64Array(n);
    references.set(this.references);
    this.references = references;
    const seen = new Uint8Array(n);
    seen.set(this.seen);
    this.seen = seen;
  }
}
