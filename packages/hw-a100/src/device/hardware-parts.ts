import type { DeviceInfo, Ns } from '@lithos/core';
import type { Cuda } from '../driver/cuda.ts';
import type { Cleanup } from './cleanup.ts';
import type { ClockControl } from './clock-control.ts';
import type { ClockMap } from './clock-map.ts';
import type { Launcher } from './launcher.ts';
import type { Places } from './places.ts';
import type { PowerReader } from './power-reader.ts';
import type { Records } from './records.ts';

/** What `openHardware` has made ready. */
export interface HardwareParts {
  readonly cuda: Cuda;
  readonly info: DeviceInfo;
  readonly launcher: Launcher;
  readonly places: Places;
  readonly records: Records;
  readonly clocks: ClockMap;
  readonly clockControl: ClockControl | undefined;
  /** `undefined` without NVML: power and energy are not known. */
  readonly power: PowerReader | undefined;
  readonly cleanup: Cleanup;
  /** After how long without a sign a submission has hung, ns. */
  readonly hangNs: Ns;
}

/** Running totals and present readings; `undefined` where NVML does not tell. */
export interface HardwareCounters {
  readonly energyJ: number | undefined;
  readonly powerW: number | undefined;
  readonly smMhz: number | undefined;
  readonly clockMhzNs: number | undefined;
  readonly busyTpcs: number;
  readonly busyTpcNs: number;
  /** Submissions that went to another place than the one before them in their stream. */
  readonly moves: number;
  /** Green contexts made, and TPC sets that were served by one within them. */
  readonly contexts: number;
  readonly substituted: number;
}
