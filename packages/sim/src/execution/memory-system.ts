import type { DeviceFile } from '../model/device-model.ts';
import type { Grid } from './grid.ts';

/**
 * DRAM traffic of others, bytes/ns, beside which a grid finds nothing of its own left in L2: 50 MiB in
 * 100 µs, the time of some ten launches.
 */
const COLD_BYTES_PER_NS = 500;
/**
 * What L2 hits lose to a DRAM that is asked for more than it gives, per multiple of its capacity: its
 * queues reach back into L2. Fitted to L2 readers beside DRAM readers and copies (micro-benchmarks,
 * disjoint TPCs), which give 0.0 to 0.38.
 */
const BACK_PRESSURE = 0.2;

/**
 * DRAM and L2, shared by the grids of a domain, after micro-benchmarks on an H200:
 * - What is short is shared in proportion to the requests that each side would have in flight, that
 *   is to the traffic it would have if it were never held up (its `desire`): a reader on 16 TPCs beside
 *   one on 50 gets a quarter, though either alone saturates the DRAM.
 * - The DRAM is shared in time: traffic counts by the time it takes, and a stream that mixes reads with
 *   writes takes more for a byte. What each side moves over what it moves alone adds up to one (0.86
 *   to 1.02 measured), whatever is read and written.
 * - What the DRAM holds up does not load L2, and a launch waits for the slower of the two.
 * - A grid whose data the others' traffic has driven out of L2 takes as long as with a cold L2.
 */
export class MemorySystem {
  private readonly deviceDram: number;
  private readonly deviceL2: number;
  private readonly dram: number;
  private readonly l2: number;
  /** Total desire over capacity. */
  private dramLoad = 0;
  private l2Load = 0;
  private traffic = 0;

  /** @param slice share of both that the domain has */
  constructor(device: DeviceFile, slice: number) {
    this.deviceDram = device.memory.dramBytesPerNs.value;
    this.deviceL2 = device.memory.l2BytesPerNs.value;
    this.dram = this.deviceDram * slice;
    this.l2 = this.deviceL2 * slice;
  }

  /** Takes stock. `shares` is how much of its full rate each grid would have otherwise. */
  solve(grids: readonly Grid[], shares: Float64Array): void {
    let dram = 0;
    let traffic = 0;
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      const share = shares[i] as number;
      dram += (grid.dramDesire * share) / grid.dramEfficiency;
      traffic += grid.dramRate * share;
    }
    this.traffic = traffic;
    this.dramLoad = dram / this.dram;
    let l2 = 0;
    // While the DRAM has enough for all, L2 sees all that is asked of it.
    if (this.dramLoad <= 1) {
      for (let i = 0; i < grids.length; i++) {
        l2 += (grids[i] as Grid).l2Desire * (shares[i] as number);
      }
      this.l2Load = l2 / this.l2;
      return;
    }
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      if (grid.l2Desire > 0) l2 += (grid.l2Desire * (shares[i] as number)) / this.dramStretch(grid);
    }
    this.l2Load = l2 / this.l2;
  }

  /**
   * How much longer a grid takes than without the others' traffic; at least 1.
   * @param share how much of its full rate it would have otherwise, as given to `solve`
   */
  stretch(grid: Grid, share: number): number {
    const others = this.traffic - grid.dramRate * share;
    if (this.dramLoad <= 1 && this.l2Load <= 1) {
      return others <= 0 || (grid.dramRate === 0 && grid.l2Rate === 0)
        ? 1
        : 1 + grid.work.besideShare * Math.min(1, others / COLD_BYTES_PER_NS);
    }
    if (grid.dramRate === 0 && grid.l2Rate === 0) return 1;
    const cold = Math.min(1, others / COLD_BYTES_PER_NS);
    return (
      (1 + grid.work.besideShare * cold) *
      Math.max(this.dramStretch(grid), this.l2Stretch(grid, share))
    );
  }

  /** How much longer a grid takes by what the DRAM cannot give it. */
  private dramStretch(grid: Grid): number {
    // What it does to the whole device by itself is in its measured time already.
    const own = Math.max(1, grid.dramRate / grid.dramEfficiency / this.deviceDram);
    const dram = Math.max(1, (this.dramLoad * grid.dramThrottle) / own);
    return 1 + grid.memoryShare * (dram - 1);
  }

  /** The same for L2, which is held up by the DRAM's queues besides. */
  private l2Stretch(grid: Grid, share: number): number {
    const own = Math.max(1, grid.l2Rate / this.deviceL2);
    const ownDram = (grid.dramDesire * share) / grid.dramEfficiency / this.dram;
    const l2 =
      Math.max(1, (this.l2Load * grid.l2Throttle) / own) +
      BACK_PRESSURE * Math.max(0, this.dramLoad - Math.max(1, ownDram));
    return 1 + grid.l2Share * (l2 - 1);
  }
}
