import { openNvml } from '../driver/nvml.ts';
import type { ClockAnswer } from './clock-watchdog.ts';

/**
 * Entry of the process that holds the SM clock: it locks it as it is told, and gives it back when it is
 * told, when it is asked to end, and when the process that started it is gone.
 */
const nvml = openNvml(process.argv[2] ?? '');
let locked = false;

function answer(said: ClockAnswer): void {
  if (process.connected) process.send?.(said, undefined, undefined, () => {});
}

function end(): void {
  if (locked) nvml.unlockSmClock();
  locked = false;
  nvml.close();
  process.exit(0);
}

process.on('message', (mhz: number | 'unlock') => {
  try {
    if (mhz === 'unlock') {
      if (locked) nvml.unlockSmClock();
      locked = false;
    } else {
      locked = true;
      nvml.lockSmClock(mhz);
      answer({});
    }
  } catch (error) {
    if (mhz === 'unlock') throw error;
    answer({ failure: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', end);
// These reach all processes of a terminal; the clock is given back when the other one ends.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});
process.on('SIGTERM', end);
