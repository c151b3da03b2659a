import type { DeviceListener, DevicePort } from './device.ts';
import { LithosError, PolicyError } from './errors.ts';
import type { Launchable } from './kernel.ts';
import { LaunchQueue, NO_TOKEN, type StreamClient } from './launch-queue.ts';
import { resolveParameters } from './parameters.ts';
import type {
  Decision,
  Incident,
  Placement,
  Policy,
  PolicyContext,
  PolicyDefinition,
  TenantSpec,
} from './policy.ts';
import { Submission } from './submission.ts';
import type { Mhz } from './units.ts';
import { Watchdog } from './watchdog.ts';

/** Sees every finished atom, for records and metrics. Must copy what it keeps. */
export interface SchedulerObserver {
  submissionCompleted?(submission: Submission): void;
  clockChanged?(mhz: Mhz): void;
  incident?(incident: Incident): void;
}

export interface SchedulerOptions {
  readonly port: DevicePort;
  readonly policy: PolicyDefinition;
  readonly tenants: readonly TenantSpec[];
  /** Overrides of the policy's parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
  readonly observer?: SchedulerObserver;
}

/** Timers below this number belong to the policy; this one is the watchdog's. */
const WATCHDOG_TIMER = 2 ** 30;

/**
 * The scheduler around a policy: it keeps the launch queues and the sync queues, checks every
 * decision, and watches that nobody is forgotten. A state machine driven by launches and by the
 * device's reports: the same calls in the same order give the same submissions.
 */
export class Scheduler implements DeviceListener {
  readonly placements: readonly Placement[];
  /** Launches queued so far. */
  launches = 0;
  /** Atoms submitted so far. */
  submissions = 0;

  private readonly port: DevicePort;
  private readonly definition: PolicyDefinition;
  private readonly policy: Policy;
  private readonly observer: SchedulerObserver;
  private readonly queues: LaunchQueue[] = [];
  private readonly queuesByTenant: LaunchQueue[][];
  private readonly free: Submission[] = [];
  private readonly left = new Set<number>();
  private readonly watchdog: Watchdog;

  constructor(options: SchedulerOptions) {
    const { port, policy: definition, tenants } = options;
    const unsupported = definition.unsupported?.(port.info);
    if (unsupported !== undefined) {
      throw new LithosError(
        'E_POLICY_DEVICE',
        `policy '${definition.name}' cannot run on ${port.info.id}: ${unsupported}`,
        'choose another policy or device (`lithos policies`, `lithos devices`)',
      );
    }
    this.port = port;
    this.definition = definition;
    this.observer = options.observer ?? {};
    this.queuesByTenant = tenants.map(() => []);
    const parameters = resolveParameters(definition, options.parameters ?? {});
    this.placements = definition.place(tenants, port.info, parameters);
    if (this.placements.length !== tenants.length) {
      throw new PolicyError(definition.name, 'place() must answer for every tenant');
    }
    port.attach(this);
    this.placements.forEach((placement, tenant) => {
      if (placement.kind === 'placed') port.openTenant(tenant, placement.domain);
    });
    this.watchdog = new Watchdog(definition.name, tenants, this.queues, port.info.tpcs, (tenant) =>
      this.policy.mayUse?.(tenant),
    );
    const context: PolicyContext = {
      device: port.info,
      tenants,
      parameters,
      now: () => port.now(),
      queuesOf: (tenant) => this.queuesOf(tenant),
      setSmClock: (mhz) => {
        if (!port.info.clocks.settableSmMhz.includes(mhz)) {
          throw new PolicyError(definition.name, `SM clock ${mhz} MHz is not one of the device's`);
        }
        port.setSmClock(mhz);
      },
      submit: (queue, decision) => this.submit(queue, decision),
      setTimer: (at, timer) => {
        if (!(timer >= 0 && timer < WATCHDOG_TIMER)) {
          throw new PolicyError(definition.name, `timer ${timer} is out of range`);
        }
        port.setTimer(at, timer);
      },
      report: (incident) => this.observer.incident?.(incident),
    };
    this.policy = definition.create(context);
    port.setTimer(port.now() + this.watchdog.periodNs, WATCHDOG_TIMER);
  }

  /** Opens an in-order stream for a placed tenant. */
  openStream(tenant: number, client: StreamClient): LaunchQueue {
    if (this.placements[tenant]?.kind !== 'placed') {
      throw new Error(`tenant ${tenant} has no place under '${this.definition.name}'`);
    }
    const queue = new LaunchQueue(this.queues.length, tenant, client);
    this.queues.push(queue);
    this.queuesByTenant[tenant]?.push(queue);
    this.port.openStream(queue.stream, tenant);
    return queue;
  }

  /** The launch queues of a tenant. */
  queuesOf(tenant: number): readonly LaunchQueue[] {
    return this.queuesByTenant[tenant] ?? [];
  }

  /**
   * Launches `work` into a stream.
   * @param scale factor on the measured duration, 1 unless the work lies between two profiles
   * @param request the driver's number for what the launch is part of
   * @param token reported to the stream's client when the launch has finished; `NO_TOKEN` for none
   */
  launch(
    queue: LaunchQueue,
    work: Launchable,
    scale = 1,
    request = 0,
    token: number = NO_TOKEN,
  ): void {
    if (queue.closed) throw new Error(`tenant ${queue.tenant} has left and launches into a stream`);
    if (queue.length === 0 && queue.outstanding === 0) queue.lastServedNs = this.port.now();
    queue.push(work, scale, request, token, this.launches);
    this.launches += 1;
    this.policy.launchQueued?.(queue);
  }

  /**
   * A tenant goes, perhaps in mid-kernel: what it has waiting is dropped, what it has on the device
   * ends by itself and is reported to nobody, and its quota is free for others.
   */
  closeTenant(tenant: number): void {
    this.left.add(tenant);
    let dropped = 0;
    let inFlight = 0;
    for (const queue of this.queuesOf(tenant)) {
      queue.closed = true;
      dropped += queue.clear();
      inFlight += queue.outstanding;
    }
    this.policy.tenantLeft?.(tenant);
    if (dropped + inFlight === 0) return;
    this.observer.incident?.({
      atNs: this.port.now(),
      tenant,
      kind: 'left',
      detail: `left with ${dropped} launches waiting and ${inFlight} submissions on the device`,
    });
  }

  /** Whether a tenant has gone. */
  hasLeft(tenant: number): boolean {
    return this.left.has(tenant);
  }

  submissionCompleted(submission: Submission): void {
    const queue = this.queues[submission.stream];
    if (queue === undefined || queue.oldestInFlight() !== submission) {
      throw new Error(`the device completed submission ${submission.id} out of stream order`);
    }
    queue.shiftInFlight();
    this.observer.submissionCompleted?.(submission);
    this.policy.submissionCompleted?.(submission, queue);
    if (submission.last && submission.token !== NO_TOKEN && !queue.closed) {
      queue.client.synchronized(submission.token, submission.endNs);
    }
    this.free.push(submission);
  }

  timerFired(timer: number): void {
    if (timer !== WATCHDOG_TIMER) {
      this.policy.timerFired?.(timer);
      return;
    }
    const now = this.port.now();
    this.watchdog.check(now);
    this.port.setTimer(now + this.watchdog.periodNs, WATCHDOG_TIMER);
  }

  clockChanged(mhz: Mhz): void {
    this.policy.clockChanged?.(mhz);
    this.observer.clockChanged?.(mhz);
  }

  fault(error: Error): void {
    const fix = error instanceof LithosError ? error.fix : undefined;
    throw new LithosError('E_DEVICE_FAULT', `the device failed: ${error.message}`, fix, 1);
  }

  private submit(queue: LaunchQueue, decision: Decision): void {
    this.check(queue, decision);
    const work = queue.headWork();
    const begin = queue.headBlock;
    const end = begin + decision.blocks;
    const last = end === work.kernel.blocks;
    const s = this.free.pop() ?? new Submission();
    s.id = this.submissions;
    s.tenant = queue.tenant;
    s.stream = queue.stream;
    s.launch = queue.headLaunch;
    s.request = queue.headRequest();
    s.work = work;
    s.scale = queue.headScale();
    s.blockBegin = begin;
    s.blockEnd = end;
    s.atom = queue.headAtoms;
    s.last = last;
    s.token = queue.headToken();
    s.tpcs = decision.tpcs;
    s.priority = decision.priority;
    s.stolen = decision.stolen;
    s.stolenFrom = decision.stolenFrom;
    s.sizedFrom = decision.sizedFrom;
    s.predictedNs = decision.predictedNs;
    s.submittedNs = this.port.now();
    this.submissions += 1;
    queue.pushInFlight(s);
    queue.lastServedNs = s.submittedNs;
    this.watchdog.used(s.tpcs);
    if (last) {
      queue.shift();
    } else {
      queue.headBlock = end;
      queue.headAtoms += 1;
    }
    this.port.submit(s);
  }

  private check(queue: LaunchQueue, decision: Decision): void {
    const { blocks, tpcs, priority } = decision;
    if (queue.length === 0) this.reject(queue, 'submitted from an empty launch queue');
    const kernel = queue.headWork().kernel;
    if (!(Number.isInteger(blocks) && blocks > 0 && queue.headBlock + blocks <= kernel.blocks)) {
      this.reject(
        queue,
        `blocks ${queue.headBlock}..${queue.headBlock + blocks} of '${kernel.name}' (${kernel.blocks} blocks)`,
      );
    }
    if (blocks !== kernel.blocks && !kernel.splittable) {
      this.reject(queue, `cut '${kernel.name}', which cannot be split`);
    }
    if (blocks !== kernel.blocks && this.port.info.capabilities.atoms === undefined) {
      this.reject(queue, `cut '${kernel.name}' on a device that runs launches whole`);
    }
    if (tpcs.size === 0) this.reject(queue, 'an empty TPC set');
    const info = this.port.info;
    if (tpcs !== info.tpcs && !tpcs.isSubsetOf(info.tpcs)) {
      this.reject(queue, `TPC set ${tpcs} is not within ${info.tpcs}`);
    }
    const levels = info.capabilities.priorityLevels;
    if (!(Number.isInteger(priority) && priority >= 0 && priority < levels)) {
      this.reject(queue, `priority ${priority} of ${levels} levels`);
    }
  }

  private reject(queue: LaunchQueue, what: string): never {
    throw new PolicyError(
      this.definition.name,
      `tenant ${queue.tenant}, stream ${queue.stream}: ${what}`,
    );
  }
}
