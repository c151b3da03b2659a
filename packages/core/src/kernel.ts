/**
 * A kernel function with one launch shape: what the driver is told at `cuLaunchKernel`.
 * Two launches of the same function with the same shape share one object.
 */
export interface KernelShape {
  /** Dense index within a run; what predictors key on. */
  readonly id: number;
  /** The function's name, demangled, perhaps cut. */
  readonly name: string;
  /** Grid in thread blocks; all zero for a copy or a memset, which occupies no SM. */
  readonly grid: readonly [x: number, y: number, z: number];
  /** Block in threads. */
  readonly block: readonly [x: number, y: number, z: number];
  /** Thread blocks of the grid; 1 for a copy or a memset. */
  readonly blocks: number;
  readonly threadsPerBlock: number;
  readonly registersPerThread: number;
  /** Static and dynamic shared memory of one block, in bytes. */
  readonly sharedMemoryBytes: number;
  /** Thread blocks per cluster (Hopper); atoms are cut at multiples of it. */
  readonly clusterSize: number;
  /** False for cooperative and persistent kernels and for copies: these are never cut into atoms. */
  readonly splittable: boolean;
  /**
   * A cooperative or persistent kernel: its grid was sized to the SMs it saw, and its blocks may wait
   * for one another. It is never cut, and never runs on stolen TPCs.
   */
  readonly persistent?: boolean;
}

/**
 * Something that can be launched on one particular device: a kernel shape together with whatever
 * that device needs to run it (a module and arguments, or a table of durations). Made by the
 * device's `prepare`; the core passes it through and reads nothing but these two fields.
 */
export interface Launchable {
  readonly kernel: KernelShape;
  /** Position since the last synchronisation: tells apart launches of one function in one iteration. */
  readonly ordinal: number;
}
