import type { DeviceFile } from '@lithos/sim';
import type { Element, MicroLines, Rates } from './micro-file.ts';

/** An elementary kernel without a neighbour. */
export interface Alone {
  /** Rate on n TPCs, units per ns. */
  readonly rate: (tpcs: number) => number;
  /** DRAM traffic over the bytes that are counted: above 1 for accesses that straddle sectors. */
  readonly overfetch: number;
}

/** The second kernel of a pair begins elsewhere in memory, which matters to those that use DRAM. */
export type Side = 'a' | 'b';

const usesDram = (element: Element): boolean => element === 'read' || element === 'copy';

/**
 * On n TPCs with four blocks per SM, from the rate on one TPC: in proportion to TPCs, up to what the
 * device file says of DRAM and of L2. A copy's ceiling, lower than that of reads, is its own rate on
 * all TPCs.
 */
export function aloneOnTpcs(device: DeviceFile, lines: MicroLines, element: Element): Alone {
  const { dramBytesPerNs, l2BytesPerNs } = device.memory;
  const one = lines.rates.get(1) as Rates;
  const all = lines.rates.get(device.geometry.tpcs.value) as Rates;
  const ceiling: Rates = {
    read: dramBytesPerNs.value,
    copy: all.copy,
    l2: l2BytesPerNs.value,
    fma: Number.POSITIVE_INFINITY,
    mma: Number.POSITIVE_INFINITY,
  };
  return { rate: (n) => Math.min(n * one[element], ceiling[element]), overfetch: 1 };
}

/**
 * A side of a pair on disjoint TPCs. The benchmark starts the second kernel 7919 x 977 elements of
 * 16 bytes into the buffer, an odd number, so that its accesses straddle the 32-byte sectors of DRAM:
 * what it moves without a neighbour is what it moves beside FP32 work, on the same TPCs.
 */
export function aloneInPair(
  device: DeviceFile,
  lines: MicroLines,
  element: Element,
  side: Side,
  tpcs: number,
): Alone {
  const aligned = aloneOnTpcs(device, lines, element);
  if (side === 'a' || !usesDram(element)) return aligned;
  const all = device.geometry.tpcs.value;
  const beside = lines.disjoint.find(
    (line) => line.a === 'fma' && line.b === element && all - (line.tpcsA ?? 0) === tpcs,
  );
  return beside === undefined ? aligned : straddling(aligned, beside.rateB / aligned.rate(tpcs));
}

/**
 * A side of a pair on the same SMs: its rate with two blocks per SM (`half_alone`). What straddling
 * costs the second is taken over from disjoint TPCs, where it has the most.
 */
export function aloneOnHalf(
  device: DeviceFile,
  lines: MicroLines,
  element: Element,
  side: Side,
): Alone {
  const all = device.geometry.tpcs.value;
  const one = (lines.rates.get(1) as Rates)[element];
  const whole = lines.halfAlone.get(element) ?? Number.NaN;
  const perTpc = usesDram(element) ? one : whole / all;
  const aligned = { rate: (n: number) => Math.min(n * perTpc, whole), overfetch: 1 };
  if (side === 'a' || !usesDram(element)) return aligned;
  const counts = lines.disjoint
    .filter((line) => line.a === 'fma' && line.b === element)
    .map((line) => all - (line.tpcsA ?? 0));
  if (counts.length === 0) return aligned;
  return straddling(
    aligned,
    1 / aloneInPair(device, lines, element, side, Math.max(...counts)).overfetch,
  );
}

/** The DRAM is as busy as with an aligned kernel, and moves `share` of what is counted there. */
function straddling(aligned: Alone, share: number): Alone {
  const useful = Math.min(1, share);
  return { rate: (n) => aligned.rate(n) * useful, overfetch: 1 / useful };
}
