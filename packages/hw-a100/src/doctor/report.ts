import type { SelfTest } from '../device/self-test.ts';
import type { LaunchCosts } from './launch-costs.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly id: string;
  /** `warn`: works, but less than it could; `fail`: runs on hardware will not work. */
  readonly state: 'pass' | 'warn' | 'fail';
  readonly text: string;
  readonly fix?: string;
}

/** The output of `lithos hw doctor --json`. */
export interface DoctorReport {
  readonly schema: 'lithos/hw-doctor@1';
  readonly findings: readonly Finding[];
  readonly device:
    | {
        readonly name: string;
        readonly uuid: string;
        readonly compute_capability: string;
        readonly tpcs: number;
        readonly memory_bytes: number;
        readonly driver: string;
        readonly cuda: string;
      }
    | undefined;
  readonly placement: SelfTest | undefined;
  readonly launch: LaunchCosts | undefined;
  /** Checks of the device port; `untried` are those that this device has nothing for. */
  readonly contract: readonly CheckResult[];
}

/** How one check of the device port came out. */
export interface CheckResult {
  readonly name: string;
  readonly error?: string;
  readonly untried?: true;
}
