import { type Ns, SECOND, type Submission, US } from '@lithos/core';
import { Samples } from '../metrics/samples.ts';
import type { OpenDevice } from '../runner/backend.ts';
import type { CounterSample, RunSink } from '../runner/run-sink.ts';
import type { Scenario } from '../scenario-types.ts';

/** A prediction that is off by more is a misprediction (LithOS, section 8.4). */
export const MISPREDICTION_NS: Ns = 50 * US;
/** Samples give ms. */
const US_PER_MS = 1000;

/** Sums over a run after its warm-up, made where the run happens: atoms are too many to send around. */
export interface ProbeResult {
  /** Mean board power, W; 0 if the window is shorter than two samples. */
  readonly meanPowerW: number;
  readonly meanSmMhz: number;
  readonly tenants: readonly TenantProbe[];
}

export interface TenantProbe {
  readonly atoms: number;
  /** Atoms with a prediction, and those of them that are mispredicted. */
  readonly predictions: number;
  readonly mispredicted: number;
  readonly errorMeanUs: number;
  readonly errorP99Us: number;
  /** Time with an atom on the device, and the same weighted by the TPCs that the atom held. */
  readonly busyNs: number;
  readonly tpcNs: number;
}

/** Collects a `ProbeResult` while a run goes on. */
export class RunProbe implements RunSink {
  private readonly device: OpenDevice;
  private readonly warmupNs: Ns;
  private readonly tenants: readonly Sums[];
  private first: Reading | undefined;
  private last: Reading | undefined;

  constructor(scenario: Scenario, device: OpenDevice) {
    this.device = device;
    this.warmupNs = scenario.warmupNs;
    this.tenants = scenario.tenants.map(() => new Sums());
  }

  submissionCompleted(submission: Submission): void {
    if (submission.startNs < this.warmupNs) return;
    this.tenants[submission.tenant]?.add(submission);
  }

  requestFinished(): void {}

  counters({ timeNs }: CounterSample): void {
    if (timeNs < this.warmupNs) return;
    const { energyJ, clockMhzNs } = this.device.counters();
    this.last = { timeNs, energyJ, clockMhzNs };
    this.first ??= this.last;
  }

  result(): ProbeResult {
    const { first, last } = this;
    const spanNs = first === undefined || last === undefined ? 0 : last.timeNs - first.timeNs;
    const per = (key: 'energyJ' | 'clockMhzNs'): number =>
      spanNs > 0 ? ((last?.[key] ?? 0) - (first?.[key] ?? 0)) / spanNs : 0;
    return {
      meanPowerW: per('energyJ') * SECOND,
      meanSmMhz: per('clockMhzNs'),
      tenants: this.tenants.map((sums) => sums.result()),
    };
  }
}

interface Reading {
  readonly timeNs: Ns;
  readonly energyJ: number | undefined;
  readonly clockMhzNs: number | undefined;
}

class Sums {
  private readonly errors = new Samples();
  private atoms = 0;
  private predictions = 0;
  private mispredicted = 0;
  private busyNs = 0;
  private tpcNs = 0;

  add({ startNs, endNs, predictedNs, tpcs }: Submission): void {
    const ns = endNs - startNs;
    this.atoms += 1;
    this.busyNs += ns;
    this.tpcNs += ns * tpcs.size;
    if (!(predictedNs > 0)) return;
    const error = Math.abs(ns - predictedNs);
    this.predictions += 1;
    if (error > MISPREDICTION_NS) this.mispredicted += 1;
    this.errors.add(error);
  }

  result(): TenantProbe {
    const { mean, p99 } = this.errors.distribution();
    const { atoms, predictions, mispredicted, busyNs, tpcNs } = this;
    return {
      atoms,
      predictions,
      mispredicted,
      errorMeanUs: mean * US_PER_MS,
      errorP99Us: p99 * US_PER_MS,
      busyNs,
      tpcNs,
    };
  }
}
