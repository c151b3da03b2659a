/**
 * Spreads intervals that may overlap over lanes in which they do not: slices of one track have to
 * nest. An interval goes to the lane that became free last. If intervals come in order of their
 * ends, as those of a run record do, there are no more lanes than intervals that overlap at once.
 */
export class Lanes {
  /** End of the last interval of each lane. */
  private readonly ends: number[] = [];

  /** The lane, from 0, of an interval: free from its begin on, and now taken until its end. */
  take(begin: number, end: number): number {
    let best = -1;
    let bestEnd = -1;
    for (let lane = 0; lane < this.ends.length; lane++) {
      const free = this.ends[lane] as number;
      if (free <= begin && free > bestEnd) {
        best = lane;
        bestEnd = free;
      }
    }
    if (best < 0) best = this.ends.length;
    this.ends[best] = end;
    return best;
  }
}
