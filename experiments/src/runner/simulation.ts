import {
  findPolicy,
  type HostTask,
  type Incident,
  type LaunchQueue,
  MS,
  type Ns,
  Scheduler,
  type Submission,
  type TenantSpec,
} from '@lithos/core';
import type { RowsSource } from '@lithos/traces';
import type { Driver } from '../drivers/driver.ts';
import { isLate } from '../metrics/objectives.ts';
import { aggregate, refusedTenant, TenantMetrics } from '../metrics/tenant-metrics.ts';
import type { DeviceResult, IncidentResult, RunResult, TraceAccount } from '../results.ts';
import { leastMemory } from '../scenario/memory-need.ts';
import type { Scenario, ScenarioTenant } from '../scenario-types.ts';
import type { OpenDevice } from './backend.ts';
import { blamed, type Suspect } from './blame.ts';
import { type Feed, makeFeed } from './feed.ts';
import type { RunInputs } from './inputs.ts';
import type { RunSink } from './run-sink.ts';
import type { SoloRates } from './solo.ts';
import { makeDriver } from './tenants.ts';

/** How often counters are sampled. */
const SAMPLE_NS: Ns = 10 * MS;
/** Incidents that are kept; those beyond are left out. */
const MAX_INCIDENTS = 100;

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly policy: string;
  readonly seed: number;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly device: OpenDevice;
  readonly inputs: RunInputs;
  /** What each tenant does alone; see `measureSolo`. */
  readonly solo: SoloRates;
  readonly sink?: RunSink;
  /** Replaces the scenario's arrivals. */
  readonly feed?: (tenant: number) => Feed;
}

/** The part of a run's result that does not depend on the machine it ran on. */
export type Outcome = Omit<RunResult, 'wall_s' | 'launches_per_wall_s' | 'run_dir' | 'exit'>;

/** One scenario under one policy and seed: tenants, drivers and metrics around a scheduler. */
export class Simulation {
  readonly scheduler: Scheduler;
  private readonly incidents: IncidentResult[] = [];
  private readonly options: SimulationOptions;
  private readonly metrics: readonly TenantMetrics[];
  private readonly drivers: (Driver | undefined)[] = [];
  private readonly rows: (RowsSource | undefined)[] = [];
  private readonly arrived: number[];
  private readonly completed: number[];

  constructor(options: SimulationOptions) {
    const { scenario, device, sink } = options;
    this.options = options;
    this.arrived = scenario.tenants.map(() => 0);
    this.completed = scenario.tenants.map(() => 0);
    this.metrics = scenario.tenants.map(
      (tenant) =>
        new TenantMetrics({
          name: tenant.name,
          class: tenant.class,
          slo: tenant.slo,
          llm: tenant.workload.kind === 'llm',
          warmupNs: scenario.warmupNs,
          endNs: Math.min(scenario.durationNs, tenant.leavesNs ?? scenario.durationNs),
        }),
    );
    this.scheduler = new Scheduler({
      port: device.port,
      policy: findPolicy(options.policy),
      tenants: specsOf(scenario.tenants, options.inputs),
      ...(options.parameters && { parameters: options.parameters }),
      observer: {
        ...(sink && { submissionCompleted: (s: Submission) => sink.submissionCompleted(s) }),
        incident: (incident) => this.note(incident),
      },
    });
    scenario.tenants.forEach((_, tenant) => {
      this.drivers.push(this.driverOf(tenant));
    });
    for (const driver of this.drivers) driver?.start();
    this.planDepartures();
    if (sink) this.sampleCounters(sink);
  }

  /** Lets the run go on until `untilNs`, or its end; true when it is there. */
  advance(untilNs: Ns): boolean | Promise<boolean> {
    const { device, scenario } = this.options;
    try {
      return device.advance(Math.min(untilNs, scenario.durationNs));
    } catch (error) {
      throw blamed(error, this.suspects());
    }
  }

  /** The figures as of now; call once, when the run has ended. */
  outcome(): Outcome {
    const { scenario, device, policy, seed, solo, sink } = this.options;
    const endNs = device.port.now();
    const tenants = scenario.tenants.map((tenant, i) => {
      const placement = this.scheduler.placements[i];
      if (placement?.kind === 'refused') return refusedTenant(tenant, placement.reason);
      const unfinished = this.drivers[i]?.unfinished() ?? [];
      for (const request of unfinished) {
        sink?.requestUnfinished?.(i, request, isLate(request, tenant.slo, endNs));
      }
      const figures = (this.metrics[i] as TenantMetrics).finish({
        endNs: Math.min(endNs, tenant.leavesNs ?? endNs),
        soloPerS: solo[i] ?? 0,
        unfinished,
      });
      const trace = this.traceAccount(i);
      return trace === undefined ? figures : { ...figures, result: { ...figures.result, trace } };
    });
    return {
      policy,
      seed,
      simulated_s: endNs / 1e9,
      launches: this.scheduler.launches,
      tenants: tenants.map((t) => t.result),
      device: this.deviceResult(endNs),
      aggregate: aggregate(tenants),
      ...(this.incidents.length > 0 && { incidents: this.incidents }),
    };
  }

  /** Kernels that users brought along and that are not done. */
  private suspects(): readonly Suspect[] {
    return this.options.scenario.tenants.flatMap(({ name, workload }, tenant) => {
      if (workload.kind !== 'ptx') return [];
      return this.scheduler.queuesOf(tenant).flatMap((queue) => {
        const kernel = queue.oldestInFlight()?.work.kernel.name;
        return kernel === undefined ? [] : [{ tenant: name, kernel }];
      });
    });
  }

  private note({ atNs, tenant, kind, detail }: Incident): void {
    if (this.incidents.length === MAX_INCIDENTS) return;
    const { name } = this.options.scenario.tenants[tenant] as ScenarioTenant;
    this.incidents.push({ at_ms: atNs / MS, tenant: name, kind, detail });
  }

  private planDepartures(): void {
    const { scenario, device } = this.options;
    const task: HostTask = { run: (tenant) => this.scheduler.closeTenant(tenant) };
    scenario.tenants.forEach(({ leavesNs }, tenant) => {
      if (leavesNs !== undefined) device.host.at(leavesNs, task, tenant);
    });
  }

  /** What became of the rows that were read, for a tenant fed by a trace. */
  private traceAccount(tenant: number): TraceAccount | undefined {
    const rows = this.rows[tenant];
    if (rows === undefined) return undefined;
    const arrived = this.arrived[tenant] as number;
    const completed = this.completed[tenant] as number;
    return {
      rows_read: rows.read,
      sampled_out: rows.dropped,
      not_reached: rows.kept - arrived,
      arrived,
      completed,
      unfinished: arrived - completed,
    };
  }

  private deviceResult(endNs: Ns): DeviceResult {
    const { device } = this.options;
    const { busyTpcNs, energyJ, clockMhzNs } = device.counters();
    const span = Math.max(1, endNs);
    return {
      tpc_utilization_pct: (100 * busyTpcNs) / (span * device.port.info.tpcs.size),
      ...(energyJ !== undefined && { energy_j: energyJ, mean_power_w: (energyJ * 1e9) / span }),
      ...(clockMhzNs !== undefined && { mean_sm_clock_mhz: clockMhzNs / span }),
    };
  }

  private driverOf(tenant: number): Driver | undefined {
    const { scenario, device, inputs, seed, solo, sink } = this.options;
    const placement = this.scheduler.placements[tenant];
    if (placement?.kind !== 'placed') return undefined;
    const spec = scenario.tenants[tenant] as ScenarioTenant;
    const metrics = this.metrics[tenant] as TenantMetrics;
    const feed = this.options.feed?.(tenant) ?? makeFeed(spec, seed, inputs, solo[tenant] ?? 0);
    if (feed.kind === 'open') this.rows[tenant] = feed.rows;
    return makeDriver(
      {
        host: device.host,
        scheduler: this.scheduler,
        tenant,
        costs: device.costs,
        sink: {
          arrived: (at) => {
            this.arrived[tenant] = (this.arrived[tenant] as number) + 1;
            metrics.requestArrived(at);
          },
          finished: (request) => {
            this.completed[tenant] = (this.completed[tenant] as number) + 1;
            const met = metrics.requestFinished(request);
            sink?.requestFinished(tenant, request, met);
          },
        },
      },
      spec,
      feed,
      {
        launches: (profile, mode) => device.prepare(profile, mode, placement.visibleTpcs),
        ptx: (work, mode) => device.preparePtx(work, mode, spec.name),
        profiledBytesPerNs: device.profiledBytesPerNs,
      },
      inputs,
    );
  }

  private sampleCounters(sink: RunSink): void {
    const { device, scenario } = this.options;
    const { host } = device;
    const task: HostTask = {
      run: () => {
        const { powerW, smMhz, busyTpcs } = device.counters();
        sink.counters({
          timeNs: host.now(),
          powerW,
          smClockMhz: smMhz,
          tpcsBusy: busyTpcs,
          tpcsHeld: scenario.tenants.map((_, tenant) => this.tpcsHeld(tenant)),
          launchesQueued: scenario.tenants.map((_, tenant) => this.total(tenant, (q) => q.length)),
          atomsInFlight: scenario.tenants.map((_, tenant) =>
            this.total(tenant, (q) => q.outstanding),
          ),
        });
        const next = host.now() + SAMPLE_NS;
        if (next <= scenario.durationNs) host.at(next, task, 0);
      },
    };
    host.at(host.now(), task, 0);
  }

  private total(tenant: number, of: (queue: LaunchQueue) => number): number {
    return this.scheduler.queuesOf(tenant).reduce((sum, queue) => sum + of(queue), 0);
  }

  private tpcsHeld(tenant: number): number {
    const queues: readonly LaunchQueue[] = this.scheduler.queuesOf(tenant);
    return queues.reduce((most, q) => Math.max(most, q.oldestInFlight()?.tpcs.size ?? 0), 0);
  }
}

/** What the scheduler is told of the tenants. */
function specsOf(tenants: readonly ScenarioTenant[], inputs: RunInputs): readonly TenantSpec[] {
  return tenants.map(({ name, class: kind, quotaTpcs, slip, workload }) => ({
    name,
    class: kind,
    quotaTpcs,
    memoryBytes: leastMemory(workload, (id) => inputs.profile(id)),
    ...(slip !== undefined && { slip }),
  }));
}
