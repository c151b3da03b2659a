import type { PtxKernel } from '@lithos/core';
import type { Workload } from '../scenario-types.ts';

/** A device a scenario may name. */
export interface ScenarioDevice {
  readonly id: string;
  readonly tpcCount: number;
  readonly memoryBytes: number;
  /** Shared memory that a thread block can have, in bytes. */
  readonly blockSharedBytes: number;
  /** Registers of an SM, the most that a thread block can have. */
  readonly smRegisters: number;
}

/** The names a scenario may use, and what its workloads need: everything a check must know. */
export interface ScenarioContext {
  readonly devices: readonly ScenarioDevice[];
  readonly policies: readonly string[];
  /** Kernel profiles. */
  readonly profiles: readonly string[];
  readonly llmModels: readonly string[];
  /** Recorded arrival traces. */
  readonly traces: readonly string[];
  /** Generators fitted to recorded traces. */
  readonly generators: readonly string[];
  /** Device memory that the workload takes, in bytes. */
  memoryNeed(workload: Workload): number;
  /**
   * The kernels of a PTX module, which launches are checked against. Without it, launches are taken as
   * they are stated: in a browser there are no files.
   */
  readonly ptxKernels?: (path: string) => readonly PtxKernel[];
  /** The scenario is to be simulated: launches whose time nobody states are refused. */
  readonly simulated?: boolean;
}

/** The part of a context that only its user can supply. */
export type ContextExtras = Pick<ScenarioContext, 'ptxKernels' | 'simulated'>;
