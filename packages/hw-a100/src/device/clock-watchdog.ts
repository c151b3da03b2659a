import { type ChildProcess, fork } from 'node:child_process';
import { LithosError } from '@lithos/core';
import { openCuda } from '../driver/cuda.ts';
import { openNvml } from '../driver/nvml.ts';
import { builtFile } from './built-file.ts';
import type { ClockSetter } from './clock-control.ts';

/** A process that holds the SM clock, so that it is given back whatever becomes of this one. */
export interface ClockWatchdog extends ClockSetter {
  /** SM clocks that the driver offers, MHz, ascending. */
  readonly settableSmMhz: readonly number[];
  /** Gives the clock back and ends the process. */
  close(): Promise<void>;
}

/** SM clocks that the driver offers for a GPU, MHz, ascending. */
export function offeredClocks(ordinal: number): readonly number[] {
  const nvml = openNvml(uuidOf(ordinal));
  try {
    return nvml.supportedSmMhz();
  } finally {
    nvml.close();
  }
}

function uuidOf(ordinal: number): string {
  const cuda = openCuda();
  cuda.init();
  return cuda.deviceUuid(cuda.device(ordinal));
}

/** Starts the process; only for those who have permission to change the clock. */
export function startClockWatchdog(ordinal: number): ClockWatchdog {
  const uuid = uuidOf(ordinal);
  const settableSmMhz = offeredClocks(ordinal);
  const child = fork(builtFile('device/clock-watchdog-child.js'), [uuid], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // Locks that were not answered yet; answers come in order.
  const waiting: ((failure: string | undefined) => void)[] = [];
  let failure: string | undefined;
  const gone = (why: string): void => {
    failure ??= why;
    for (const answer of waiting.splice(0)) answer(failure);
  };
  child.on('message', (answer: ClockAnswer) => waiting.shift()?.(answer.failure));
  child.on('error', (error) => gone(error.message));
  child.on('exit', (code, signal) => gone(`its process ended with ${signal ?? `code ${code}`}`));
  return {
    settableSmMhz,
    lock: (mhz) =>
      new Promise((resolve, reject) => {
        waiting.push((why) => {
          if (why === undefined) resolve();
          else reject(refusal(why));
        });
        if (failure !== undefined || !child.connected) gone('its process is gone');
        else child.send(mhz, (error) => error && gone(error.message));
      }),
    unlock: () => {
      if (child.connected) child.send('unlock', () => {});
    },
    close: () => ended(child),
  };
}

/** What the process says to each clock that it is told. */
export interface ClockAnswer {
  readonly failure?: string;
}

const refusal = (why: string): LithosError =>
  new LithosError(
    'E_CLOCK_PERMISSION',
    `the SM clock was not changed: ${why}`,
    'run as root, or leave out --allow-clocks',
    1,
  );

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.on('exit', () => resolve());
    if (child.connected) child.disconnect();
  });
}
