import { type Ns, TpcSet } from '@lithos/core';
import type { DeviceFile } from '@lithos/sim';
import { type Alone, aloneInPair, aloneOnHalf, type Side } from './micro-alone.ts';
import type { Element, MicroLines, PairLine } from './micro-file.ts';
import { elementKernel } from './micro-kernels.ts';
import { MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase, unitOf } from './micro-types.ts';

/** How long a kernel runs alone, and how much longer its neighbour does. */
const WINDOW_NS: Ns = 8e6;
const LONGER = 40;
/** Blocks of 512 threads per SM, with the SMs to itself and without. */
const FULL = 4;
const HALF = 2;

/** One side of a pair, as it would be without the other. */
interface Partner {
  readonly element: Element;
  readonly set: TpcSet;
  readonly alone: Alone;
}

/** Two kernels at once, on TPCs of their own. */
export function disjointCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const all = device.geometry.tpcs.value;
  return lines.disjoint.flatMap((line) => {
    const split = line.tpcsA ?? 0;
    const partner = (element: Element, side: Side, set: TpcSet): Partner => ({
      element,
      set,
      alone: aloneInPair(device, lines, element, side, set.size),
    });
    const a = partner(line.a, 'a', TpcSet.range(0, split));
    const b = partner(line.b, 'b', TpcSet.range(split, all));
    return pairCases(device, 'disjoint', line, [a, b], FULL);
  });
}

/** Two kernels at once, on all SMs. */
export function sameSmCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const set = TpcSet.range(0, device.geometry.tpcs.value);
  return lines.sameSm.flatMap((line) => {
    const partner = (element: Element, side: Side): Partner => ({
      element,
      set,
      alone: aloneOnHalf(device, lines, element, side),
    });
    const partners = [partner(line.a, 'a'), partner(line.b, 'b')] as const;
    return pairCases(device, 'same_sm', line, partners, HALF);
  });
}

function pairCases(
  device: DeviceFile,
  mode: 'disjoint' | 'same_sm',
  line: PairLine,
  [a, b]: readonly [Partner, Partner],
  blocksPerSm: number,
): readonly MicroCase[] {
  const where = mode === 'same_sm' ? '' : `@${a.set.size}-${b.set.size}`;
  const one = (side: Side, own: Partner, other: Partner, measured: number): MicroCase =>
    microCase(
      mode,
      `${a.element}+${b.element}${where}/${side}`,
      unitOf(own.element),
      measured,
      rateBeside(device, own, other, blocksPerSm),
      fittedTo(mode, side, own.element, other.element),
    );
  return [one('a', a, b, line.rateA), one('b', b, a, line.rateB)];
}

/** The rate of `own` while `other` runs all the time. */
function rateBeside(device: DeviceFile, own: Partner, other: Partner, blocksPerSm: number): number {
  const kernel = ({ element, set, alone }: Partner, ns: Ns) =>
    elementKernel(device, element, alone, { tpcs: set.size, blocksPerSm, ns });
  const rig = new MicroRig(device);
  const [first, second] = [rig.stream(), rig.stream()];
  let rate = Number.NaN;
  rig.submit(second, kernel(other, LONGER * WINDOW_NS), { tpcs: other.set });
  rig.submit(first, kernel(own, WINDOW_NS), {
    tpcs: own.set,
    ended: ({ startNs, endNs }) => {
      rate = (own.alone.rate(own.set.size) * WINDOW_NS) / (endNs - startNs);
    },
  });
  rig.run(LONGER * WINDOW_NS);
  return rate;
}

/** The constant that was fitted to how `own` fares beside `other`. */
function fittedTo(
  mode: 'disjoint' | 'same_sm',
  side: Side,
  own: Element,
  other: Element,
): string | undefined {
  if (mode === 'same_sm') {
    return own !== other && (own === 'fma' || other === 'fma') ? 'CONFLICT' : undefined;
  }
  const dram = (element: Element): boolean => element === 'read' || element === 'copy';
  if (side === 'b' && dram(own) && other === 'fma') return 'the rate of the second kernel alone';
  if ((own === 'l2' || own === 'fma') && other === 'mma') return 'NEIGHBOUR_SHARE';
  return own === 'l2' && dram(other) ? 'BACK_PRESSURE' : undefined;
}
