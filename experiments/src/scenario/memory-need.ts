import { type KernelProfile, ptxMemoryBytes } from '@lithos/core';
import { findModel, memoryBytes, modelMemoryBytes } from '@lithos/traces';
import type { Workload } from '../scenario-types.ts';

/** Prompt and output of the longest request in the Azure conversation trace, rounded up. */
const MAX_CONTEXT_TOKENS = 4096;

/**
 * Device memory that a workload takes when it has all that it may use, bytes: an LLM server's cache
 * holds as many of the longest sequences as its batch.
 */
export function memoryNeed(workload: Workload, profile: (id: string) => KernelProfile): number {
  return needOf(workload, profile, workload.kind === 'llm' ? workload.maxBatch : 1);
}

/**
 * Device memory without which a workload does not run at all, bytes: an LLM server's cache holds one
 * of the longest sequences.
 */
export function leastMemory(workload: Workload, profile: (id: string) => KernelProfile): number {
  return needOf(workload, profile, 1);
}

function needOf(
  workload: Workload,
  profile: (id: string) => KernelProfile,
  sequences: number,
): number {
  if (workload.kind === 'profile') return memoryBytes(profile(workload.profile));
  if (workload.kind === 'ptx') return ptxMemoryBytes(workload.work);
  const model = findModel(workload.model);
  if (model === undefined) return 0;
  return modelMemoryBytes(model, { maxBatch: sequences, maxContextTokens: MAX_CONTEXT_TOKENS });
}
