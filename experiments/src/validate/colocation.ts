import {
  type KernelProfile,
  MS,
  type Ns,
  type Placement,
  type PolicyDefinition,
  Scheduler,
  SECOND,
  TpcSet,
  timeSlicing,
} from '@lithos/core';
import type { ArrivalSource, ValidationCase } from '@lithos/traces';
import { ClosedLoop } from '../drivers/closed-loop.ts';
import type { DriverContext, Iteration } from '../drivers/driver.ts';
import { RequestServer } from '../drivers/request-server.ts';
import type { Backend, OpenDevice } from '../runner/backend.ts';
import type { ColocationRun, MeasuredService } from './colocation-file.ts';
import { absPercentile, errorSummary } from './statistics.ts';
import type { Validation } from './types.ts';

/** The output of `lithos validate colocation --json`. */
export interface ColocationValidation extends Validation {
  readonly what: 'colocation';
  readonly device: string;
  /** Errors by mode, worst first. */
  readonly modes: readonly {
    readonly mode: string;
    readonly median_abs_error_pct: number;
    readonly p90_abs_error_pct: number;
  }[];
  /** Hosts without solo runs to take their speed from: the profiles' own speed was assumed. */
  readonly uncalibrated: readonly string[];
}

/** Iterations that the best-effort side has in flight. */
const DEPTH = 2;
/** How long requests left over at the end of the window may take. */
const DRAIN_NS: Ns = 600 * SECOND;
const SLICE_NS: Ns = 100 * MS;

/**
 * Predicts measured co-locations: best-effort iterations per second, and P50 and P99 of the service's
 * latencies. Solo runs of the same host only tell how fast that host is, one factor per workload.
 */
export async function validateColocation(
  runs: readonly ColocationRun[],
  deviceId: string,
  backend: Backend,
  profile: (id: string) => KernelProfile,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<ColocationValidation> {
  const speeds = new Map<string, number>();
  for (const run of runs) {
    if (run.mode === 'solo') calibrate(run, deviceId, backend, profile, speeds);
  }
  const pairs = runs.filter((run) => run.mode !== 'solo');
  const uncalibrated = new Set<string>();
  const cases: (ValidationCase & { readonly mode: string })[] = [];
  for (const [i, run] of pairs.entries()) {
    const speed = (workload: string): number => {
      const known = speeds.get(`${run.host}/${workload}`);
      if (known === undefined) uncalibrated.add(`${run.host}/${workload}`);
      return known ?? 1;
    };
    const predicted = await replay(run, deviceId, backend, profile, speed);
    cases.push(...compare(run, predicted));
    onProgress(i + 1, pairs.length);
  }
  const modes = [...new Set(cases.map((c) => c.mode))]
    .map((mode) => ({ mode, ...errorSummary(cases.filter((c) => c.mode === mode)) }))
    .sort((a, b) => b.median_abs_error_pct - a.median_abs_error_pct);
  return {
    schema: 'lithos/validate@1',
    what: 'colocation',
    device: deviceId,
    cases: cases.map(({ mode: _, ...rest }) => rest),
    ...errorSummary(cases),
    modes,
    uncalibrated: [...uncalibrated],
  };
}

interface Predicted {
  readonly latencyNs: readonly number[];
  readonly iterationsPerS: number;
}

function compare(run: ColocationRun, predicted: Predicted): (ValidationCase & { mode: string })[] {
  const one = (quantity: string, measured: number, value: number) => ({
    id: run.id,
    mode: run.mode,
    quantity,
    measured,
    predicted: value,
    error_pct: 100 * (value / measured - 1),
  });
  const latency = (quantity: string, percent: number) =>
    one(
      quantity,
      absPercentile(run.hp?.latencyNs ?? [], percent) / MS,
      absPercentile(predicted.latencyNs, percent) / MS,
    );
  return [
    one('be_iterations_per_s', run.be?.iterationsPerS ?? 0, predicted.iterationsPerS),
    latency('hp_p50_ms', 50),
    latency('hp_p99_ms', 99),
  ];
}

/**
 * A host's speed on a workload, as a factor on the launches' durations: what a request that waits for
 * nobody takes (the 10th percentile of solo latencies), or the solo iteration, less gaps and host time.
 */
function calibrate(
  run: ColocationRun,
  deviceId: string,
  backend: Backend,
  profile: (id: string) => KernelProfile,
  speeds: Map<string, number>,
): void {
  const workload = run.hp?.workload ?? run.be?.workload ?? '';
  const device = backend.open(deviceId);
  const { graphLaunchNs, syncNs } = device.costs;
  const parts = device.soloTimes(device.prepare(profile(workload), 'graph'));
  const measuredNs =
    run.hp === undefined
      ? SECOND / (run.be?.iterationsPerS ?? 1)
      : absPercentile(run.hp.latencyNs, 10) - graphLaunchNs - syncNs;
  speeds.set(`${run.host}/${workload}`, (measuredNs - parts.gapsNs) / parts.launchesNs);
  device.close();
}

async function replay(
  run: ColocationRun,
  deviceId: string,
  backend: Backend,
  profile: (id: string) => KernelProfile,
  speed: (workload: string) => number,
): Promise<Predicted> {
  const { hp, be } = run;
  if (hp === undefined || be === undefined) throw new Error('a pair has two sides');
  const device = backend.open(deviceId);
  const scheduler = new Scheduler({
    port: device.port,
    policy: policyOf(run, device.port.info.tpcs.size),
    tenants: [
      { name: 'hp', class: 'hp', quotaTpcs: 0 },
      { name: 'be', class: 'be', quotaTpcs: 0 },
    ],
  });
  const latencyNs: number[] = [];
  let iterations = 0;
  let lastEndNs = 0;
  const context = (tenant: number, finished: DriverContext['sink']['finished']) => ({
    host: device.host,
    scheduler,
    tenant,
    costs: device.costs,
    sink: { arrived: () => {}, finished },
  });
  const iteration = (workload: string): Iteration => ({
    launches: device.prepare(profile(workload), 'graph'),
    mode: 'graph',
    scale: speed(workload),
  });
  new RequestServer(
    context(0, (request) => latencyNs.push(request.endNs - request.arrivalNs)),
    iteration(hp.workload),
    recordedArrivals(hp),
  ).start();
  new ClosedLoop(
    context(1, (request) => {
      iterations += 1;
      lastEndNs = request.endNs;
    }),
    iteration(be.workload),
    DEPTH,
    run.windowNs,
  ).start();
  await drain(device, run.windowNs, () => latencyNs.length === hp.arrivalNs.length);
  device.close();
  return { latencyNs, iterationsPerS: (iterations * SECOND) / Math.max(1, lastEndNs) };
}

/** Lets the window pass, and then the requests that are left over. */
async function drain(device: OpenDevice, windowNs: Ns, done: () => boolean): Promise<void> {
  const limit = windowNs + DRAIN_NS;
  for (let at = windowNs; !(done() && at > windowNs) && at < limit; at += SLICE_NS) {
    while (!(await device.advance(at)));
  }
}

function recordedArrivals(service: MeasuredService): ArrivalSource {
  let next = 0;
  return {
    atNs: 0,
    inputTokens: 0,
    outputTokens: 0,
    row: -1,
    next(this: { atNs: number }): boolean {
      const at = service.arrivalNs[next];
      if (at === undefined) return false;
      next += 1;
      this.atNs = at;
      return true;
    },
  };
}

/** How the two sides shared the device in a measured run. */
function policyOf(run: ColocationRun, tpcs: number): PolicyDefinition {
  if (run.mode === 'time-slicing') return timeSlicing;
  const sides = ['hp', 'be'] as const;
  const placement = (side: 'hp' | 'be'): Placement => ({
    kind: 'placed',
    domain: {
      kind: 'shared',
      ...(run.limits && { maxTpcs: Math.max(1, Math.round(tpcs * run.limits[side])) }),
    },
  });
  return {
    name: run.mode,
    description: 'as measured',
    parameters: {},
    place: () => sides.map(placement),
    create: (context) => ({
      launchQueued: (queue) => {
        const group = run.groups?.[queue.tenant === 0 ? 'hp' : 'be'];
        context.submit(queue, {
          tpcs: group ? TpcSet.range(...group) : context.device.tpcs,
          priority: run.mode === 'mps-priority' && queue.tenant === 0 ? 1 : 0,
          blocks: queue.headWork().kernel.blocks,
          predictedNs: 0,
          stolen: TpcSet.EMPTY,
          stolenFrom: 0,
          sizedFrom: 0,
        });
      },
    }),
  };
}
