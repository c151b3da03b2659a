import type { Ns } from './units.ts';

/**
 * The host's clock, as workload drivers see it: virtual in the simulator, real on hardware.
 * It runs on the same time line as the device.
 */
export interface Host {
  now(): Ns;
  /** Calls `task.run(arg)` at `at`, or as soon as possible after. Cannot be cancelled. */
  at(at: Ns, task: HostTask, arg: number): void;
}

/** Something the host runs at a given time; one object serves many calls, told apart by `arg`. */
export interface HostTask {
  run(arg: number): void;
}
