import { POLICIES } from '@lithos/core';
import { DEVICES } from '@lithos/sim';
import { findModel, GENERATORS, memoryBytes, modelMemoryBytes } from '@lithos/traces';
import { listProfiles, loadProfile, TRACES } from '@lithos/traces/node';
import type { ScenarioContext } from '../scenario/context.ts';
import type { Workload } from '../scenario-types.ts';

/** Prompt and output of the longest request in the Azure conversation trace, rounded up. */
const MAX_CONTEXT_TOKENS = 4096;

/** Everything a scenario may name, as this installation has it. */
export function scenarioContext(): ScenarioContext {
  const profiles = listProfiles();
  return {
    devices: DEVICES.map((device) => ({
      id: device.id,
      tpcCount: device.geometry.tpcs.value,
      memoryBytes: device.memory.bytes.value,
    })),
    policies: POLICIES.map((policy) => policy.name),
    profiles,
    llmModels: llmModels(profiles),
    traces: TRACES.map((trace) => trace.id),
    generators: GENERATORS.map((generator) => generator.id),
    memoryNeed,
  };
}

/** Models with both prefill and decode profiles. */
function llmModels(profiles: readonly string[]): readonly string[] {
  const models = (phase: string): Set<string> =>
    new Set(profiles.flatMap((id) => id.split(`-${phase}-`).slice(0, -1)));
  const decode = models('decode');
  return [...models('prefill')].filter((model) => decode.has(model));
}

function memoryNeed(workload: Workload): number {
  if (workload.kind === 'profile') return memoryBytes(loadProfile(workload.profile));
  const model = findModel(workload.model);
  if (model === undefined) return 0;
  return modelMemoryBytes(model, {
    maxBatch: workload.maxBatch,
    maxContextTokens: MAX_CONTEXT_TOKENS,
  });
}
