import type { Ns, PtxWork } from '@lithos/core';
import type { AtomPath } from '@lithos/sim';

/** A scenario as its file states it, checked and with units resolved, before a device is chosen. */
export interface Scenario {
  /** File name without folder and ending. */
  readonly name: string;
  readonly description: string | undefined;
  /** Device id. */
  readonly device: string;
  readonly durationNs: Ns;
  readonly warmupNs: Ns;
  readonly seed: number;
  /** How launches are cut into atoms, if not as the device's file says. */
  readonly atoms?: AtomPath;
  /** Under policies that interpose, graphs are submitted in segments of this length. */
  readonly segmentNs?: Ns;
  /** Under policies that interpose, what each submission costs the scheduler's thread. */
  readonly dispatchNs?: Ns;
  readonly tenants: readonly ScenarioTenant[];
  readonly policies: readonly string[];
}

export interface ScenarioTenant {
  readonly name: string;
  readonly class: 'hp' | 'be';
  /** TPCs of the device, worked out from a share or a number. */
  readonly quotaTpcs: number;
  readonly workload: Workload;
  readonly arrivals: Arrivals;
  readonly slo: Slo;
  /** How much longer its work may take for the sake of TPCs or energy, as a factor. */
  readonly slip?: number;
  /** When it goes, perhaps in mid-kernel. */
  readonly leavesNs?: Ns;
}

export type Workload =
  | {
      readonly kind: 'profile';
      readonly profile: string;
      /** How the host launches the iteration's kernels. */
      readonly launch: 'graph' | 'stream';
    }
  | {
      readonly kind: 'llm';
      readonly model: string;
      readonly engine: 'continuous-batching';
      readonly maxBatch: number;
      readonly launch: 'graph' | 'stream';
    }
  | {
      /** The user's own kernels. */
      readonly kind: 'ptx';
      readonly work: PtxWork;
      readonly launch: 'graph' | 'stream';
    };

export type Arrivals =
  | { readonly kind: 'poisson'; readonly perS: number }
  | { readonly kind: 'gamma'; readonly perS: number; readonly cv: number }
  /** Open-loop Poisson at this share of what the tenant could do alone. */
  | { readonly kind: 'load'; readonly share: number }
  /** Closed loop: this many requests at a time, each followed at once by the next. */
  | { readonly kind: 'closed'; readonly concurrency: number }
  /** Recorded rows, each kept with probability `sample`: a catalogued trace's id, or a path. */
  | { readonly kind: 'trace'; readonly trace: string; readonly sample: number }
  /** The generator fitted to a recorded trace, thinned to `sample`. */
  | { readonly kind: 'generator'; readonly generator: string; readonly sample: number }
  /** LoadGen's Server process, exactly. */
  | {
      readonly kind: 'loadgen';
      readonly targetQps: number;
      readonly scheduleSeed: bigint;
      readonly minQueries: number;
      readonly minDurationNs: Ns;
    };

/** Objectives; a request meets them if it meets each one that is stated. */
export interface Slo {
  readonly latencyP99Ns?: Ns;
  readonly ttftP99Ns?: Ns;
  readonly tpotP99Ns?: Ns;
}
