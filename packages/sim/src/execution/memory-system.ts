import type { DeviceFile } from '../model/device-model.ts';
import type { Grid } from './grid.ts';

/**
 * DRAM traffic of others, bytes/ns, beside which a grid finds nothing of its own left in L2: 50 MiB in
 * 100 µs, the time of some ten launches.
 */
const COLD_BYTES_PER_NS = 500;
/**
 * What a grid loses beside the traffic of others even where nothing is short: L2 readers beside tensor
 * work lose 6 to 8 %, FP32 work beside tensor work 8.5 % (micro-benchmarks, disjoint TPCs).
 */
const NEIGHBOUR_SHARE = 0.08;
/** A written byte loads L2 like this many read ones: fitted to copies beside L2 readers. */
const L2_WRITE_WEIGHT = 3;

/**
 * DRAM and L2, shared by the grids of a domain, after micro-benchmarks on an H200:
 * - What is short is shared in proportion to the requests that each side would have in flight, that
 *   is to the traffic it would have if it were never held up (its `desire`): a reader on 16 TPCs beside
 *   one on 50 gets a quarter, though either alone saturates the DRAM.
 * - Streams of several grids that mix reads with writes get less out of the DRAM than one alone.
 * - A grid whose data the others' traffic has driven out of L2 takes as long as with a cold L2.
 */
export class MemorySystem {
  private readonly deviceDram: number;
  private readonly deviceL2: number;
  private readonly dram: number;
  private readonly l2: number;
  private readonly mixPenalty: number;
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
    this.mixPenalty = device.memory.mixPenalty.value;
  }

  /** Takes stock. `shares` is how much of its full rate each grid would have otherwise. */
  solve(grids: readonly Grid[], shares: Float64Array): void {
    let dram = 0;
    let squares = 0;
    let written = 0;
    let l2 = 0;
    let traffic = 0;
    for (let i = 0; i < grids.length; i++) {
      const grid = grids[i] as Grid;
      const share = shares[i] as number;
      const desire = grid.dramDesire * share;
      dram += desire;
      squares += desire * desire;
      written += desire * grid.work.writeShare;
      l2 += l2Demand(grid) * share;
      traffic += grid.dramRate * share;
    }
    this.traffic = traffic;
    // A single stream's own mixture of reads and writes is in its measured rate already.
    const streams = dram > 0 ? Math.min(1, 2 * (1 - squares / (dram * dram))) : 0;
    const writes = dram > 0 ? written / dram : 0;
    const penalty = this.mixPenalty * streams * 2 * writes * (1 - writes);
    this.dramLoad = dram / (this.dram * (1 - penalty));
    this.l2Load = l2 / this.l2;
  }

  /**
   * How much longer a grid takes than without the others' traffic; at least 1.
   * @param share how much of its full rate it would have otherwise, as given to `solve`
   */
  stretch(grid: Grid, share: number): number {
    if (grid.dramRate === 0 && grid.l2Rate === 0) return 1;
    const others = this.traffic - grid.dramRate * share;
    const cold = Math.min(1, others / COLD_BYTES_PER_NS);
    // What it does to the whole device by itself is in its measured time already.
    const ownDram = Math.max(1, grid.dramRate / this.deviceDram);
    const ownL2 = Math.max(1, (l2Demand(grid) * grid.l2Throttle) / this.deviceL2);
    const dram = Math.max(1, (this.dramLoad * grid.dramThrottle) / ownDram);
    const l2 = Math.max(1, (this.l2Load * grid.l2Throttle) / ownL2);
    return (
      (1 + (NEIGHBOUR_SHARE + grid.work.coldShare) * cold) *
      (1 + grid.memoryShare * (dram - 1)) *
      (1 + grid.l2Share * (l2 - 1))
    );
  }
}

/** What a grid would load L2 with if nothing held it up, bytes/ns. */
function l2Demand(grid: Grid): number {
  return grid.l2Desire + (L2_WRITE_WEIGHT - 1) * grid.dramDesire * grid.work.writeShare;
}
