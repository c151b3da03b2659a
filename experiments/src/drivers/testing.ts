import {
  type DeviceInfo,
  type DeviceListener,
  type DevicePort,
  findPolicy,
  type KernelProfile,
  type Launchable,
  type Ns,
  Scheduler,
  type Submission,
} from '@lithos/core';
import { deviceInfo, Engine, findDevice } from '@lithos/sim';
import type { ArrivalSource } from '@lithos/traces';
import type { DriverContext, ServedRequest } from './driver.ts';

/** What host calls cost in these tests. */
export const COSTS = { launchNs: 100, graphLaunchNs: 1000, syncNs: 500 } as const;

interface Timed extends Launchable {
  readonly ns: Ns;
}

/** Launches that take these times, wherever they run. */
export const launchesOf = (...ns: readonly Ns[]): readonly Launchable[] =>
  ns.map((time, ordinal): Timed => {
    const shape = { grid: [1, 1, 1], block: [32, 1, 1], blocks: 1, threadsPerBlock: 32 } as const;
    const size = { registersPerThread: 16, sharedMemoryBytes: 0, clusterSize: 1 };
    const kernel = { id: ordinal, name: `k${ordinal}`, ...shape, ...size, splittable: false };
    return { kernel, ordinal, ns: time };
  });

/** A device on which a stream's launches take the times that they state, one after the other. */
class TimedPort implements DevicePort {
  readonly info: DeviceInfo = deviceInfo(findDevice('h200'));
  private readonly engine: Engine;
  private readonly queues: Submission[][] = [];
  private listener: DeviceListener | undefined;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  now(): Ns {
    return this.engine.now();
  }

  attach(listener: DeviceListener): void {
    this.listener = listener;
  }

  openTenant(): void {}

  openStream(stream: number): void {
    this.queues[stream] = [];
  }

  submit(submission: Submission): void {
    const queue = this.queues[submission.stream] as Submission[];
    queue.push(submission);
    if (queue.length === 1) this.begin(queue);
  }

  setTimer(at: Ns, timer: number): void {
    this.engine.schedule('timer', at, { run: () => this.listener?.timerFired(timer) }, 0);
  }

  setSmClock(): void {}

  private begin(queue: Submission[]): void {
    const head = queue[0] as Submission;
    head.startNs = this.now();
    head.endNs = head.startNs + (head.work as Timed).ns * head.scale;
    const end = (): void => {
      queue.shift();
      if (queue.length > 0) this.begin(queue);
      this.listener?.submissionCompleted(head);
    };
    this.engine.schedule('timer', head.endNs, { run: end }, 0);
  }
}

/** A tenant alone on such a device, and what its driver reports. */
export class DriverBench {
  readonly engine = new Engine();
  readonly scheduler: Scheduler;
  readonly arrived: Ns[] = [];
  readonly finished: ServedRequest[] = [];
  readonly context: DriverContext;

  constructor() {
    const port = new TimedPort(this.engine);
    const tenants = [{ name: 't', class: 'hp', quotaTpcs: 66 } as const];
    this.scheduler = new Scheduler({ port, policy: findPolicy('mps'), tenants });
    this.context = {
      host: this.engine,
      scheduler: this.scheduler,
      tenant: 0,
      costs: COSTS,
      sink: {
        arrived: (at) => this.arrived.push(at),
        finished: (request) => this.finished.push({ ...request }),
      },
    };
  }
}

/** Requests at these times, with tokens if they have any; rows count from 0. */
export function sourceOf(
  requests: readonly (Ns | readonly [at: Ns, input: number, output: number])[],
): ArrivalSource {
  let i = -1;
  const now = (): readonly [Ns, number, number] => {
    const request = requests[i] ?? Number.NaN;
    return typeof request === 'number' ? [request, 0, 0] : request;
  };
  return {
    next: () => ++i < requests.length,
    get atNs() {
      return now()[0];
    },
    get inputTokens() {
      return now()[1];
    },
    get outputTokens() {
      return now()[2];
    },
    get row() {
      return i;
    },
  };
}

/** A profile of an LLM step that takes `iterationNs`, without kernels. */
export function stepProfile(
  iterationNs: Ns,
  about: Pick<KernelProfile, 'phase' | 'batch' | 'sequenceLength' | 'contextLength'>,
): KernelProfile {
  return {
    schema: 'lithos/kernel-profile@1',
    id: `step-${iterationNs}`,
    kind: 'inference',
    model: 'made-up',
    ...about,
    measured: { device: 'h200', smClockMhz: 1980, driver: '0' },
    iterationNs,
    meanPowerW: 0,
    kernels: [],
    sequence: [],
    tpcCounts: [66],
    durationNs: [[]],
    work: {
      dramBytes: [],
      dramWriteBytes: [],
      l2Bytes: [],
      coldShare: [],
      tensorActive: [],
      warpInstructions: [],
      source: '',
    },
  };
}
