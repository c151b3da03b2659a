import { LithosError } from '@lithos/core';

/** The device whose measurements ship. */
export const MEASURED = 'h200';

/** Refuses a device that was not measured. */
export function checkMeasured(device: string): void {
  if (device === MEASURED) return;
  throw new LithosError(
    'E_DEVICE_NAME',
    `there are no measurements of a device '${device}'`,
    `measured device: ${MEASURED}`,
  );
}

export const percent = (x: number): string => `${x.toFixed(2)} %`;

/** An error with its sign. */
export const signed = (x: number): string => `${x > 0 ? '+' : ''}${x.toFixed(1)} %`;

/** Four digits, without an exponent from thousandths to millions. */
export function number(x: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e6 || size < 1e-3)) return x.toExponential(3);
  return size >= 1000 ? x.toFixed(0) : `${Number(x.toPrecision(4))}`;
}
