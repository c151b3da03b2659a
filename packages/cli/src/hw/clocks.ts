import { LithosError } from '@lithos/core';
import { type ClockWatchdog, offeredClocks, startClockWatchdog } from '@lithos/hw-a100';

/** What a command says about the SM clock. */
interface ClockFlags {
  readonly gpu: number;
  readonly allowClocks?: boolean;
  /** A policy is to lower the SM clock. */
  readonly savesPower?: boolean;
}

/** Refuses to save power where the clock may not be changed, or cannot. */
export function checkClocks({ allowClocks, savesPower, gpu }: ClockFlags): void {
  if (!savesPower) return;
  if (!allowClocks) {
    throw new LithosError(
      'E_CLOCK_PERMISSION',
      'lithos.power lowers the SM clock, and it may not be changed: it was not permitted',
      'permit it with --allow-clocks, as root, on a GPU that is yours alone; or leave the power parameter off',
    );
  }
  const missing = missingClocks(gpu);
  if (missing === undefined) return;
  throw new LithosError(
    'E_CLOCK_SUPPORT',
    `lithos.power lowers the SM clock, and it cannot be changed here: ${missing.why}`,
    `${missing.fix === undefined ? '' : `${missing.fix}; or `}leave the power parameter off`,
  );
}

/** Why the SM clock cannot be changed, if it cannot. */
function missingClocks(gpu: number): { why: string; fix: string | undefined } | undefined {
  try {
    if (offeredClocks(gpu).length > 0) return undefined;
    return { why: 'the driver offers no clocks for this GPU', fix: undefined };
  } catch (error) {
    if (error instanceof LithosError) return { why: error.message, fix: error.fix };
    throw error;
  }
}

/** What changes the clock, if that was permitted and can be done. */
export function clocksFor(
  { allowClocks, gpu }: ClockFlags,
  warn: (text: string) => void,
): ClockWatchdog | undefined {
  if (!allowClocks) return undefined;
  const missing = missingClocks(gpu);
  if (missing === undefined) return startClockWatchdog(gpu);
  warn(`the SM clock cannot be changed here: ${missing.why}`);
  return undefined;
}
