import type { KernelProfile } from '@lithos/core';
import type { TraceRows } from '@lithos/traces';

/** Data that runs read, behind an interface so that a browser can supply it too. */
export interface RunInputs {
  profile(id: string): KernelProfile;
  /** Ids of all profiles of a model. */
  profilesOf(model: string): readonly string[];
  /** KV-cache bytes per token of an LLM. */
  kvBytesPerToken(model: string): number;
  /** Rows of a recorded trace that the scenario names. */
  trace(id: string): TraceRows;
}
