import { openNvml } from '../driver/nvml.ts';

/**
 * Entry of the process that holds the SM clock: it locks it as it is told, and gives it back when it is
 * told, when it is asked to end, and when the process that started it is gone.
 */
const nvml = openNvml(process.argv[2] ?? '');
let locked = false;

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
    }
  } catch (error) {
    process.send?.(error instanceof Error ? error.message : String(error));
  }
});
process.on('disconnect', end);
// Ctrl-C reaches all processes of a terminal; the clock is given back when the other one ends.
process.on('SIGINT', () => {});
process.on('SIGTERM', end);
