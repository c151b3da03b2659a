import type { Workload } from '../scenario-types.ts';

/** A device a scenario may name. */
export interface ScenarioDevice {
  readonly id: string;
  readonly tpcCount: number;
  readonly memoryBytes: number;
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
}
