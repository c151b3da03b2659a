import type { RunResult } from '../results.ts';
import type { JsonObject } from '../scenario/to-json.ts';

/**
 * What of a run is written down: everything, all but atoms, the results alone, or no file at all. A
 * manifest that says `none` is of a version that called `summary` so.
 */
export type RecordLevel = 'all' | 'requests' | 'summary' | 'none';

/** How a run ended. A record that still says `running` is of a run that crashed, or goes on. */
export type RunExit = 'running' | 'complete' | 'interrupted' | 'failed' | 'disk-full';

/** What is known of a run before it begins. */
export interface RunDescription {
  /** The resolved scenario, itself a scenario file: see `scenarioToJson`. */
  readonly scenario: JsonObject;
  readonly policy: string;
  /** Values of the policy's parameters, defaults filled in. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly backend: 'sim' | 'hw';
  readonly device: ManifestDevice;
  /** Files that the run read: profiles, traces, PTX modules. */
  readonly inputs: readonly ManifestInput[];
  /** Version of this software. */
  readonly code: string;
}

export interface ManifestDevice {
  readonly id: string;
  /** SHA-256 of the device file, in hexadecimal. */
  readonly sha256?: string;
  /** Which calibration of the device model was in force. */
  readonly calibration?: string;
}

export interface ManifestInput {
  readonly name: string;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** `manifest.json`. */
export interface Manifest extends RunDescription {
  readonly schema: 'lithos/run@1';
  readonly exit: RunExit;
  /** Why, if `exit` is neither `complete` nor `running`. */
  readonly reason?: string;
  readonly record: RecordLevel;
  /** Names, in the order of their numbers. */
  readonly tenants: readonly string[];
  readonly counts?: RunCounts;
  /** On a real GPU, under a policy with one process per tenant. */
  readonly processes?: readonly ManifestProcess[];
  /** All that differs between two runs of the same scenario, seed and code. */
  readonly wall: RunWall;
}

/** The process that played a tenant: its times were put on the clock that all of them share. */
export interface ManifestProcess {
  readonly tenant: string;
  /** When its own time began, in the run's time: that of the first process is 0. */
  readonly began_ns: number;
  /** How far its times may be off: half of the quickest round trip by which clocks were compared. */
  readonly clock_error_ns: number;
  /** UUID of the MIG instance that it had. */
  readonly instance?: string;
}

export interface RunCounts {
  readonly launches: number;
  readonly atoms: number;
  /** Completed requests, warm-up included. */
  readonly requests: number;
  readonly counter_samples: number;
}

export interface RunWall {
  /** ISO 8601. */
  readonly started: string;
  /** How long the run took. */
  readonly seconds?: number;
}

/** `summary.json`: the result but for what only the manifest's `wall` may hold. */
export type RunSummary = Omit<RunResult, 'wall_s' | 'launches_per_wall_s' | 'run_dir' | 'exit'>;

/** Files of a run record. */
export const RECORD_FILES = {
  manifest: 'manifest.json',
  summary: 'summary.json',
  requests: 'requests.parquet',
  unfinished: 'unfinished.parquet',
  atoms: 'atoms.parquet',
  counters: 'counters.parquet',
} as const;
