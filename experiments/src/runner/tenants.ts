import type { KernelProfile, Launchable } from '@lithos/core';
import { ClosedLoop } from '../drivers/closed-loop.ts';
import type { Driver, DriverContext, Iteration } from '../drivers/driver.ts';
import { LlmServer } from '../drivers/llm-server.ts';
import { LlmSteps } from '../drivers/llm-steps.ts';
import { RequestServer } from '../drivers/request-server.ts';
import type { ScenarioTenant, Workload } from '../scenario-types.ts';
import type { OpenDevice } from './backend.ts';
import type { Feed } from './feed.ts';
import type { RunInputs } from './inputs.ts';

/** Makes the driver that plays a tenant. */
export function makeDriver(
  context: DriverContext,
  tenant: ScenarioTenant,
  feed: Feed,
  device: OpenDevice,
  inputs: RunInputs,
): Driver {
  const { workload } = tenant;
  if (workload.kind === 'llm') {
    return new LlmServer(context, llmSteps(workload, device, inputs), workload.maxBatch, feed);
  }
  const iteration: Iteration = {
    launches: prepared(inputs.profile(workload.profile), workload.launch, device),
    mode: workload.launch,
  };
  return feed.kind === 'closed'
    ? new ClosedLoop(context, iteration, feed.concurrency)
    : new RequestServer(context, iteration, feed.source);
}

function llmSteps(
  workload: Extract<Workload, { kind: 'llm' }>,
  device: OpenDevice,
  inputs: RunInputs,
): LlmSteps {
  const steps = inputs.profilesOf(workload.model).map((id) => {
    const profile = inputs.profile(id);
    return { profile, launches: prepared(profile, workload.launch, device) };
  });
  const kvBytes = inputs.kvBytesPerToken(workload.model);
  return new LlmSteps(steps, workload.launch, kvBytes / device.profiledBytesPerNs);
}

const prepared = (
  profile: KernelProfile,
  mode: Iteration['mode'],
  device: OpenDevice,
): readonly Launchable[] => device.prepare(profile, mode);
