import type { Outcome, Scenario } from '@lithos/experiments';
import type { HwSettings } from './backend.ts';

/** What a tenant's process is asked to run: a scenario of one tenant. */
export interface TenantOrder {
  readonly kind: 'order';
  readonly scenario: Scenario;
  readonly seed: number;
  /** What the tenant does alone, per second. */
  readonly solo: number;
  readonly lenient: boolean;
  readonly settings: HwSettings;
}

/** What a tenant's process is told; `at` is by `process.hrtime`, which all processes share. */
export type ToTenant =
  | TenantOrder
  | { readonly kind: 'go'; readonly at: bigint }
  | { readonly kind: 'stop' };

/** What it says. */
export type FromTenant =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly interrupted: boolean }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly fix: string | undefined;
    };
