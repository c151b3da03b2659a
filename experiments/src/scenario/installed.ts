import { type KernelProfile, POLICIES } from '@lithos/core';
import { DEVICES } from '@lithos/sim';
import { GENERATORS, TRACES } from '@lithos/traces';
import type { Workload } from '../scenario-types.ts';
import type { ContextExtras, ScenarioContext } from './context.ts';
import { memoryNeed } from './memory-need.ts';

/**
 * Everything a scenario may name, given the profiles that are there: on disk, or behind a web server.
 * @param profile only asked for profiles that a scenario names
 */
export function installedContext(
  profiles: readonly string[],
  profile: (id: string) => KernelProfile,
  extras: ContextExtras = {},
): ScenarioContext {
  return {
    ...extras,
    devices: DEVICES.map((device) => ({
      id: device.id,
      tpcCount: device.geometry.tpcs.value,
      memoryBytes: device.memory.bytes.value,
      blockSharedBytes:
        device.sm.sharedMemoryBytes.value - device.sm.reservedSharedMemoryBytes.value,
      smRegisters: device.sm.registers.value,
    })),
    policies: POLICIES.map((policy) => policy.name),
    profiles,
    llmModels: llmModels(profiles),
    traces: TRACES.map((trace) => trace.id),
    generators: GENERATORS.map((generator) => generator.id),
    memoryNeed: (workload) => memoryNeed(workload, profile),
  };
}

/** Models with both prefill and decode profiles. */
function llmModels(profiles: readonly string[]): readonly string[] {
  const models = (phase: string): Set<string> =>
    new Set(profiles.flatMap((id) => id.split(`-${phase}-`).slice(0, -1)));
  const decode = models('decode');
  return [...models('prefill')].filter((model) => decode.has(model));
}

/** Those of the profiles that a workload is made from. */
export function profilesOfWorkload(
  workload: Workload,
  profiles: readonly string[],
): readonly string[] {
  switch (workload.kind) {
    case 'profile':
      return [workload.profile];
    case 'llm':
      return profilesOfModel(profiles, workload.model);
    case 'ptx':
      return [];
  }
}

/** Those of the profiles that an LLM's steps are made from. */
export function profilesOfModel(profiles: readonly string[], model: string): readonly string[] {
  return profiles.filter(
    (id) => id.startsWith(`${model}-prefill-`) || id.startsWith(`${model}-decode-`),
  );
}
