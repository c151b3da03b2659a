import type { KernelProfile } from '@lithos/core';
import type { RunResult } from '../results.ts';
import type { Scenario } from '../scenario-types.ts';
import type { ProbeResult } from './probe.ts';

/** A named experiment of the paper's evaluation: one per folder, listed in the registry. */
export interface ExperimentDefinition {
  readonly name: string;
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly description: string;
  /** Where the paper has it. */
  readonly section: string;
  /** The set-up in words: what runs, and what is swept because the paper does not state it. */
  readonly setup: readonly string[];
  run(context: ExperimentContext): Promise<Findings>;
}

/** What an experiment works with. */
export interface ExperimentContext {
  /** One seed and short runs: for a look, not for figures. */
  readonly quick: boolean;
  readonly seeds: readonly number[];
  profile(id: string): KernelProfile;
  /** Ids of all profiles. */
  profiles(): readonly string[];
  /**
   * Does runs, several at a time, and gives each back with its outcome, in their order. Arrivals that
   * are stated as a load are relative to what the tenant does alone, which is measured before.
   * @param what they are, for the progress line
   */
  runs<T extends RunSpec>(what: string, specs: readonly T[]): Promise<readonly (T & RunOutcome)[]>;
}

/** One run. An experiment adds fields of its own to know it by. */
export interface RunSpec {
  readonly scenario: Scenario;
  readonly policy: string;
  readonly seed: number;
  /** Overrides of the policy's parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Collect what `RunProbe` collects. */
  readonly probed?: boolean;
}

export interface RunOutcome {
  readonly result: RunResult;
  /** Only if the run is `probed`. */
  readonly probe?: ProbeResult;
}

export interface Findings {
  readonly claims: readonly Claim[];
  readonly tables: readonly ResultTable[];
  readonly charts: readonly Chart[];
}

/** One figure of the paper beside ours. */
export interface Claim {
  readonly id: string;
  readonly paper: number;
  readonly ours: number;
  readonly unit: string;
  readonly better: 'lower' | 'higher';
  readonly meets: boolean;
  /** Half of the 95 % confidence interval of `ours` over the seeds, if they differ. */
  readonly ci95?: number;
  readonly note?: string;
}

export interface ResultTable {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export interface ResultColumn {
  readonly title: string;
  /** Digits after the point; numbers only. */
  readonly digits?: number;
}

/** A chart: bars by category, or lines over a number. */
export type Chart =
  | (ChartFrame & {
      readonly kind: 'bars';
      readonly categories: readonly string[];
      /** One value per category; `undefined` leaves a gap. */
      readonly series: readonly {
        readonly name: string;
        readonly values: readonly (number | undefined)[];
      }[];
    })
  | (ChartFrame & {
      readonly kind: 'lines';
      readonly xLabel: string;
      readonly series: readonly {
        readonly name: string;
        readonly points: readonly (readonly [x: number, y: number])[];
      }[];
    });

interface ChartFrame {
  readonly id: string;
  readonly title: string;
  /** What the values are, with their unit. */
  readonly valueLabel: string;
  /** Values to compare with, as dashed lines. */
  readonly references: readonly { readonly name: string; readonly value: number }[];
}

/** The JSON of `lithos experiment NAME --json`. */
export interface ExperimentResult {
  readonly schema: 'lithos/experiment@1';
  readonly name: string;
  readonly quick: boolean;
  readonly seeds: readonly number[];
  readonly claims: readonly Claim[];
}
