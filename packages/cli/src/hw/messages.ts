import type { Ns } from '@lithos/core';
import type { Outcome, RecordLevel, Scenario } from '@lithos/experiments';
import type { HwSettings } from './backend.ts';
import type { Observations } from './observations.ts';

/** What a tenant's process is asked to run: a scenario of one tenant. */
export interface TenantOrder {
  readonly kind: 'order';
  readonly scenario: Scenario;
  readonly seed: number;
  /** What the tenant does alone, per second. */
  readonly solo: number;
  readonly lenient: boolean;
  readonly settings: HwSettings;
  /** What it is to tell while it runs. */
  readonly record: RecordLevel;
}

/** What a tenant's process is told; `at` is by `process.hrtime`, which all processes share. */
export type ToTenant =
  | TenantOrder
  | { readonly kind: 'go'; readonly at: bigint }
  | { readonly kind: 'stop' };

/** What it says. */
export type FromTenant =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'began';
      /** Its own time was 0 then, by `process.hrtime`. */
      readonly zero: bigint;
      /** How far its times may be off against that clock. */
      readonly clockErrorNs: Ns;
    }
  | { readonly kind: 'seen'; readonly seen: Observations }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly interrupted: boolean }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly fix: string | undefined;
    };
