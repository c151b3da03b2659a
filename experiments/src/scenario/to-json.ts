import type { PtxArgument, PtxBuffer, PtxLaunch, PtxWork } from '@lithos/core';
import type { Arrivals, Scenario, ScenarioTenant, Slo, Workload } from '../scenario-types.ts';
import { formatBytes, formatDuration, formatRate, formatShare } from './format-quantity.ts';

/** What JSON can hold. */
export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * The resolved scenario as JSON, which is a scenario file again: defaults filled in, quotas in
 * TPCs, 64-bit seeds as strings. Parsing it gives the same scenario.
 */
export function scenarioToJson(scenario: Scenario): JsonObject {
  return {
    name: scenario.name,
    ...(scenario.description !== undefined && { description: scenario.description }),
    device: scenario.device,
    duration: formatDuration(scenario.durationNs),
    warmup: formatDuration(scenario.warmupNs),
    seed: scenario.seed,
    ...(scenario.atoms !== undefined && { atoms: scenario.atoms }),
    ...(scenario.segmentNs !== undefined && { segments: formatDuration(scenario.segmentNs) }),
    ...(scenario.dispatchNs !== undefined && {
      dispatch_cost: formatDuration(scenario.dispatchNs),
    }),
    tenants: scenario.tenants.map(tenantToJson),
    policies: scenario.policies,
  };
}

function tenantToJson(tenant: ScenarioTenant): JsonObject {
  return {
    name: tenant.name,
    class: tenant.class,
    quota: tenant.quotaTpcs,
    workload: workloadToJson(tenant.workload),
    arrivals: arrivalsToJson(tenant.arrivals),
    slo: sloToJson(tenant.slo),
    ...(tenant.slip !== undefined && { slip: tenant.slip }),
    ...(tenant.leavesNs !== undefined && { leaves: formatDuration(tenant.leavesNs) }),
  };
}

function workloadToJson(workload: Workload): JsonObject {
  switch (workload.kind) {
    case 'profile':
      return { profile: workload.profile, launch: workload.launch };
    case 'llm':
      return {
        model: workload.model,
        engine: workload.engine,
        max_batch: workload.maxBatch,
        launch: workload.launch,
      };
    case 'ptx':
      return { ...ptxToJson(workload.work), launch: workload.launch };
  }
}

function ptxToJson({ path, buffers, launches }: PtxWork): JsonObject {
  return {
    ptx: path,
    ...(buffers.length > 0 && {
      buffers: Object.fromEntries(buffers.map((buffer) => [buffer.name, bufferToJson(buffer)])),
    }),
    launches: launches.map(ptxLaunchToJson),
  };
}

function bufferToJson({ bytes, fill }: PtxBuffer): JsonObject {
  const { kind, ...rest } = fill;
  return { size: formatBytes(bytes), fill: kind, ...rest };
}

/** What was read of the module is left out: whoever reads this reads that again. */
function ptxLaunchToJson(launch: PtxLaunch): JsonObject {
  const { timeNs, registers } = launch;
  return {
    kernel: launch.kernel,
    grid: launch.grid,
    block: launch.block,
    args: launch.arguments.map(argumentToJson),
    shared: formatBytes(launch.sharedBytes),
    repeat: launch.repeat,
    ...(timeNs !== undefined && { time: formatDuration(timeNs) }),
    ...(registers !== undefined && { registers }),
    ...(launch.whole && { whole: true }),
  };
}

function argumentToJson(argument: PtxArgument): JsonObject {
  switch (argument.kind) {
    case 'buffer':
      return { buffer: argument.name };
    case 'own-buffer':
      return { buffer: formatBytes(argument.bytes) };
    case 'u64':
    case 's64':
      return { [argument.kind]: argument.value.toString() };
    default:
      // JSON has no -0 of its own.
      return { [argument.kind]: Object.is(argument.value, -0) ? '-0' : argument.value };
  }
}

function arrivalsToJson(arrivals: Arrivals): JsonObject {
  switch (arrivals.kind) {
    case 'poisson':
      return { poisson: formatRate(arrivals.perS) };
    case 'gamma':
      return { gamma: { rate: formatRate(arrivals.perS), cv: arrivals.cv } };
    case 'load':
      return { load: formatShare(arrivals.share) };
    case 'closed':
      return { closed: arrivals.concurrency };
    case 'trace':
      return { trace: arrivals.trace, sample: formatShare(arrivals.sample) };
    case 'generator':
      return { generator: arrivals.generator, sample: formatShare(arrivals.sample) };
    case 'loadgen':
      return {
        loadgen: {
          qps: arrivals.targetQps,
          seed: arrivals.scheduleSeed.toString(),
          min_queries: arrivals.minQueries,
          min_duration: formatDuration(arrivals.minDurationNs),
        },
      };
  }
}

function sloToJson(slo: Slo): JsonObject {
  return {
    ...(slo.latencyP99Ns !== undefined && { latency_p99: formatDuration(slo.latencyP99Ns) }),
    ...(slo.ttftP99Ns !== undefined && { ttft_p99: formatDuration(slo.ttftP99Ns) }),
    ...(slo.tpotP99Ns !== undefined && { tpot_p99: formatDuration(slo.tpotP99Ns) }),
  };
}
