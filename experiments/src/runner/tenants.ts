import type { KernelProfile, Launchable, PtxWork } from '@lithos/core';
import { ClosedLoop } from '../drivers/closed-loop.ts';
import type { Driver, DriverContext, Iteration } from '../drivers/driver.ts';
import { LlmServer } from '../drivers/llm-server.ts';
import { LlmSteps } from '../drivers/llm-steps.ts';
import { RequestServer } from '../drivers/request-server.ts';
import type { ScenarioTenant, Workload } from '../scenario-types.ts';
import type { Feed } from './feed.ts';
import type { RunInputs } from './inputs.ts';

/** What a tenant's driver needs of the device. */
export interface Prepare {
  /** A profile's launches, ready to run as this tenant launches them. */
  launches(profile: KernelProfile, mode: Iteration['mode']): readonly Launchable[];
  /** A request of the tenant's own kernels, likewise. */
  ptx(work: PtxWork, mode: Iteration['mode']): readonly Launchable[];
  /** DRAM bandwidth of the device that profiles were measured on, bytes/ns. */
  readonly profiledBytesPerNs: number;
}

/** Makes the driver that plays a tenant. */
export function makeDriver(
  context: DriverContext,
  tenant: ScenarioTenant,
  feed: Feed,
  prepare: Prepare,
  inputs: RunInputs,
): Driver {
  const { workload } = tenant;
  if (workload.kind === 'llm') {
    return new LlmServer(context, llmSteps(workload, prepare, inputs), workload.maxBatch, feed);
  }
  const { launch: mode } = workload;
  const launches =
    workload.kind === 'ptx'
      ? prepare.ptx(workload.work, mode)
      : prepare.launches(inputs.profile(workload.profile), mode);
  const iteration: Iteration = { launches, mode };
  return feed.kind === 'closed'
    ? new ClosedLoop(context, iteration, feed.concurrency)
    : new RequestServer(context, iteration, feed.source);
}

function llmSteps(
  workload: Extract<Workload, { kind: 'llm' }>,
  prepare: Prepare,
  inputs: RunInputs,
): LlmSteps {
  const steps = inputs.profilesOf(workload.model).map((id) => {
    const profile = inputs.profile(id);
    return { profile, launches: prepare.launches(profile, workload.launch) };
  });
  const kvBytes = inputs.kvBytesPerToken(workload.model);
  return new LlmSteps(steps, workload.launch, kvBytes / prepare.profiledBytesPerNs);
}
