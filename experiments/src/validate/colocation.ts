import {
  type KernelProfile,
  LithosError,
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

/** A host's speed on a workload outside these is a mistake in the file, not a host. */
const SPEEDS = { least: 0.3, most: 3 };
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
  const speeds = new Map<string, number[]>();
  for (const run of runs) {
    if (run.mode === 'solo') calibrate(run, deviceId, backend, profile, speeds);
  }
  const pairs = runs.filter((run) => run.mode !== 'solo');
  if (pairs.length === 0) {
    throw new LithosError(
      'E_NOTHING_TO_CHECK',
      'there are only solo runs, and no pair to predict',
      'give a file with runs of two sides',
    );
  }
  const uncalibrated = new Set<string>();
  const cases: (ValidationCase & { readonly mode: string })[] = [];
  for (const [i, run] of pairs.entries()) {
    const speed = (workload: string, side: 'hp' | 'be'): number => {
      const at = `${run.host}/${workload}`;
      const known =
        speeds.get(`${at}/${side}`) ?? speeds.get(`${at}/${side === 'hp' ? 'be' : 'hp'}`);
      if (known === undefined) uncalibrated.add(at);
      return known === undefined ? 1 : absPercentile(known, 50);
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
 * nobody takes (the median), or the solo iteration, less gaps and host time.
 */
function calibrate(
  run: ColocationRun,
  deviceId: string,
  backend: Backend,
  profile: (id: string) => KernelProfile,
  speeds: Map<string, number[]>,
): void {
  const workload = run.hp?.workload ?? run.be?.workload ?? '';
  const device = backend.open(deviceId);
  const { graphLaunchNs, syncNs } = device.costs;
  const parts = device.soloTimes(device.prepare(profile(workload), 'graph'));
  const measuredNs =
    run.hp === undefined
      ? SECOND / (run.be?.iterationsPerS ?? 1)
      : absPercentile(serviceTimes(run.hp), 50) - graphLaunchNs - syncNs;
  const speed = (measuredNs - parts.gapsNs) / parts.launchesNs;
  if (!(speed > SPEEDS.least && speed < SPEEDS.most)) {
    const expected = (parts.launchesNs + parts.gapsNs) / MS;
    throw new LithosError(
      'E_MEASUREMENTS',
      `solo run ${run.id}: an iteration takes ${(measuredNs / MS).toFixed(3)} ms, where the profile has ${expected.toFixed(3)} ms`,
      'check the times and their units',
    );
  }
  const side = run.hp === undefined ? 'be' : 'hp';
  const key = `${run.host}/${workload}/${side}`;
  const known = speeds.get(key) ?? [];
  known.push(speed);
  speeds.set(key, known);
  device.close();
}

/** What each request took from when it could be served: it arrived, and the one before it was done. */
function serviceTimes(service: MeasuredService): readonly Ns[] {
  let free = 0;
  return service.arrivalNs.map((arrival, i) => {
    const done = arrival + (service.latencyNs[i] ?? 0);
    const ns = done - Math.max(arrival, free);
    free = done;
    return ns;
  });
}

async function replay(
  run: ColocationRun,
  deviceId: string,
  backend: Backend,
  profile: (id: string) => KernelProfile,
  speed: (workload: string, side: 'hp' | 'be') => number,
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
  const iteration = (workload: string, side: 'hp' | 'be'): Iteration => ({
    launches: device.prepare(profile(workload), 'graph'),
    mode: 'graph',
    scale: speed(workload, side),
  });
  new RequestServer(
    context(0, (request) => latencyNs.push(request.endNs - request.arrivalNs)),
    iteration(hp.workload, 'hp'),
    recordedArrivals(hp),
  ).start();
  new ClosedLoop(
    context(1, (request) => {
      iterations += 1;
      lastEndNs = request.endNs;
    }),
    iteration(be.workload, 'be'),
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
