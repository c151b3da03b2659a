import {
  type DeviceInfo,
  type DeviceListener,
  type DevicePort,
  failedBefore,
  type HostTask,
  type Mhz,
  type Ns,
  type SharingDomain,
  type Submission,
  TpcSet,
} from '@lithos/core';
import { validateDeviceFile } from '../devices/validate.ts';
import type { Engine, EventSource } from '../engine/engine.ts';
import { Domain } from '../execution/domain.ts';
import { Grid, popcount } from '../execution/grid.ts';
import type { DeviceFile } from '../model/device-model.ts';
import { partCount, partOf, type SimLaunchable } from '../model/sim-segment.ts';
import { deviceInfo, instanceTpcs } from './info.ts';
import { loadGrid } from './load-grid.ts';
import { PowerLimiter } from './power-limiter.ts';
import { PowerMeter } from './power-meter.ts';
import { StreamQueue } from './stream-queue.ts';
import { TimeSlicer } from './time-slicer.ts';

interface TenantPlace {
  readonly domain: Domain;
  /** TPCs the domain has; submissions are clipped to them. */
  readonly tpcs: TpcSet;
  /** TPCs its work may fill at once. */
  readonly maxTpcs: number;
}

export interface SimulatedDeviceOptions {
  /** What handing a submission to the device costs the scheduler's thread; they queue up behind it. */
  readonly dispatchNs?: Ns;
}

/** A GPU in virtual time behind the device port: streams, contexts, slots, bandwidth, power. */
export class SimulatedDevice implements DevicePort, EventSource {
  readonly info: DeviceInfo;
  /** TPC-nanoseconds in which a TPC had a grid on it, as of the last event. */
  busyTpcNs = 0;
  /** MHz-nanoseconds, for the mean clock. */
  clockMhzNs = 0;
  smMhz: Mhz;

  private readonly file: DeviceFile;
  private readonly engine: Engine;
  private listener: DeviceListener | undefined;
  private readonly timers: HostTask;
  private readonly clockTask: HostTask;
  private readonly slicer: TimeSlicer;
  private readonly domains: Domain[] = [];
  private readonly places: (TenantPlace | undefined)[] = [];
  private readonly streams: StreamQueue[] = [];
  private readonly freeGrids: Grid[] = [];
  private shared: Domain | undefined;
  private slicesUsed = 0;
  private readonly dispatchNs: Ns;
  /** Until when the scheduler's thread is at work on earlier submissions. */
  private dispatchedNs: Ns = 0;

  private readonly power: PowerMeter;
  private readonly limiter: PowerLimiter;
  /** The clock that was asked for; the board's power limit may keep it below. */
  private wantedMhz: Mhz;
  private accountedNs: Ns = 0;
  private busyNow = 0;
  private failure: Error | undefined;

  constructor(file: DeviceFile, engine: Engine, { dispatchNs = 0 }: SimulatedDeviceOptions = {}) {
    validateDeviceFile(file);
    this.dispatchNs = dispatchNs;
    this.file = file;
    this.engine = engine;
    this.info = deviceInfo(file);
    this.smMhz = file.clock.maxSmMhz.value;
    this.wantedMhz = this.smMhz;
    this.power = new PowerMeter(file);
    this.limiter = new PowerLimiter(file);
    this.slicer = new TimeSlicer(file.contexts.sliceNs.value, file.contexts.switchNs.value);
    this.timers = { run: (timer) => this.listener?.timerFired(timer) };
    this.clockTask = { run: (mhz) => this.clockArrived(mhz) };
    engine.drive(this);
  }

  now(): Ns {
    return this.engine.now();
  }

  attach(listener: DeviceListener): void {
    if (this.listener !== undefined) throw new Error('a device takes one listener');
    this.listener = listener;
  }

  openTenant(tenant: number, domain: SharingDomain): void {
    this.places[tenant] = this.placeOf(domain);
  }

  openStream(stream: number, tenant: number): void {
    const place = this.places[tenant];
    if (place === undefined) throw new Error(`tenant ${tenant} was not opened`);
    this.streams[stream] = new StreamQueue(place.domain, place.tpcs, place.maxTpcs);
  }

  submit(submission: Submission): void {
    if (this.failure !== undefined) throw failedBefore(this.failure);
    const stream = this.streams[submission.stream] as StreamQueue;
    if (!submission.tpcs.isSubsetOf(stream.tpcs)) {
      submission.tpcs = submission.tpcs.intersection(stream.tpcs);
    }
    this.dispatchedNs = Math.max(this.dispatchedNs, this.now()) + this.dispatchNs;
    stream.push(submission, this.dispatchedNs);
    if (!stream.active) this.begin(stream);
  }

  setTimer(at: Ns, timer: number): void {
    this.engine.schedule(at > this.now() ? 'timer' : 'settled', at, this.timers, timer);
  }

  setSmClock(mhz: Mhz): void {
    const { minSmMhz, maxSmMhz, switchNs } = this.file.clock;
    if (!(mhz >= minSmMhz.value && mhz <= maxSmMhz.value)) {
      throw new RangeError(`SM clock ${mhz} MHz is outside ${minSmMhz.value}..${maxSmMhz.value}`);
    }
    this.engine.schedule('timer', this.now() + switchNs.value, this.clockTask, mhz);
  }

  /** Fails, as a GPU that is lost does: nothing goes on, and the listener is told. */
  fail(error: Error): void {
    if (this.failure !== undefined) return;
    this.failure = error;
    this.engine.schedule('settled', this.now(), { run: () => this.listener?.fault(error) }, 0);
  }

  /** Board power now, W. */
  powerW(): number {
    return this.power.watts;
  }

  /** What `nvidia-smi` would show now, W; up to date with the counters. */
  sampledPowerW(): number {
    return this.power.sampler.watts;
  }

  /** Board energy since the start, J, as of the last event. */
  get energyJ(): number {
    return this.power.energyJ;
  }

  /** TPCs with a grid on them now. */
  busyTpcs(): number {
    return this.busyNow;
  }

  /** Brings the energy and busy-time counters up to the present. */
  account(): void {
    const now = this.engine.now();
    const span = now - this.accountedNs;
    if (span <= 0) return;
    this.power.add(this.accountedNs, now);
    this.busyTpcNs += this.busyNow * span;
    this.clockMhzNs += this.smMhz * span;
    this.accountedNs = now;
  }

  nextNs(): Ns {
    if (this.failure !== undefined) return Number.POSITIVE_INFINITY;
    const now = this.engine.now();
    const clock = this.smMhz / this.file.clock.maxSmMhz.value;
    this.account();
    let next = this.slicer.nextNs;
    let dynamic = 0;
    let steady = 0;
    let b0 = 0;
    let b1 = 0;
    let b2 = 0;
    const { domains } = this;
    for (let d = 0; d < domains.length; d++) {
      const domain = domains[d] as Domain;
      if (!domain.running) continue;
      domain.settle(now, clock);
      if (domain.nextNs < next) next = domain.nextNs;
      dynamic += domain.powerW;
      steady += domain.steadyW;
      b0 |= domain.busy0;
      b1 |= domain.busy1;
      b2 |= domain.busy2;
    }
    this.busyNow = popcount(b0) + popcount(b1) + popcount(b2);
    this.power.draw(dynamic, steady);
    if (this.power.watts > this.limiter.limitW) this.limiter.watch(now, this.power.energyJ);
    return Math.min(next, this.limiter.nextNs);
  }

  fire(): void {
    const now = this.engine.now();
    for (const domain of this.domains) {
      if (!domain.running || domain.nextNs > now) continue;
      const grid = domain.ended(now);
      if (grid === undefined) domain.release(now);
      else this.end(domain, grid, now);
      return;
    }
    // After them, so that work which ends with its slice has ended.
    if (this.slicer.nextNs <= now) this.slicer.fire(now);
    else if (this.limiter.nextNs <= now) {
      this.account();
      this.limiter.fire(now, this.smMhz, this.power.energyJ);
      this.applyClock();
    }
  }

  private end(domain: Domain, grid: Grid, now: Ns): void {
    const { submission } = grid;
    domain.remove(grid);
    const stream = this.streams[submission.stream] as StreamQueue;
    if (stream.part === 0) submission.startNs = grid.startNs;
    stream.part += 1;
    if (stream.part < partCount(submission.work as SimLaunchable)) {
      this.freeGrids.push(grid);
      this.begin(stream);
      return;
    }
    submission.endNs = now;
    stream.shift();
    if (stream.length > 0) this.begin(stream);
    this.freeGrids.push(grid);
    this.listener?.submissionCompleted(submission);
    if (domain.grids.length === 0) this.slicer.workChanged(now);
  }

  /** The head of a stream reaches the device. */
  private begin(stream: StreamQueue): void {
    const submission = stream.head();
    const work = partOf(submission.work as SimLaunchable, stream.part);
    const now = Math.max(this.engine.now(), stream.headArrivesNs());
    const grid = this.freeGrids.pop() ?? new Grid();
    const competing =
      submission.tpcs.size === stream.tpcs.size && !stream.domain.isAlone(submission.tenant);
    if (submission.tpcs.size > stream.maxTpcs) {
      submission.tpcs = this.leastBusy(submission.tpcs, stream);
    }
    // Where tenants compete for the same SMs, a graph's nodes follow each other no faster than launches.
    const gapNs = competing ? work.sharedGapNs : work.gapNs;
    loadGrid(grid, this.file, submission, work, now + gapNs);
    stream.active = true;
    stream.domain.add(grid);
    if (stream.domain.grids.length === 1) this.slicer.workChanged(this.engine.now());
  }

  /** TPCs for a tenant that is capped in number, not in place: those that nobody uses, if there are. */
  private leastBusy(tpcs: TpcSet, stream: StreamQueue): TpcSet {
    let busy = TpcSet.EMPTY;
    for (const grid of stream.domain.grids) busy = busy.union(grid.submission.tpcs);
    const idle = tpcs.difference(busy).lowest(stream.maxTpcs);
    return idle.union(tpcs.difference(idle).lowest(stream.maxTpcs - idle.size));
  }

  private clockArrived(mhz: Mhz): void {
    this.account();
    this.wantedMhz = mhz;
    this.applyClock();
    this.listener?.clockChanged(mhz);
  }

  /** Runs at the clock that was asked for, or at what the power limit leaves of it. */
  private applyClock(): void {
    const mhz = Math.min(this.wantedMhz, this.limiter.allowedMhz);
    if (mhz === this.smMhz) return;
    this.smMhz = mhz;
    this.power.clock(mhz);
    for (const domain of this.domains) domain.touch();
  }

  private placeOf(domain: SharingDomain): TenantPlace {
    const everywhere = { tpcs: this.info.tpcs, maxTpcs: this.info.tpcs.size };
    switch (domain.kind) {
      case 'shared': {
        this.shared ??= this.addContext();
        return {
          ...everywhere,
          domain: this.shared,
          maxTpcs: domain.maxTpcs ?? everywhere.maxTpcs,
        };
      }
      case 'context':
        return { ...everywhere, domain: this.addContext() };
      case 'instance': {
        const profile = this.info.capabilities.instances[domain.profile];
        if (profile === undefined) throw new Error(`no MIG profile ${domain.profile}`);
        const tpcs = instanceTpcs(this.file, this.slicesUsed, profile.computeSlices);
        this.slicesUsed += profile.computeSlices;
        if (this.slicesUsed > 7) throw new Error('MIG instances exceed the 7 compute slices');
        const instance = new Domain(this.file, profile.memoryShare);
        this.domains.push(instance);
        return { domain: instance, tpcs, maxTpcs: tpcs.size };
      }
    }
  }

  private addContext(): Domain {
    const domain = new Domain(this.file, 1);
    this.domains.push(domain);
    this.slicer.add(domain);
    return domain;
  }
}
