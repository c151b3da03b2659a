import { type Ns, TpcSet } from '@lithos/core';
import type { DeviceFile } from '@lithos/sim';
import {
  ELEMENTS,
  type Element,
  type MicroLines,
  type PairLine,
  type Rates,
} from './micro-file.ts';
import { elementKernel, elementRate } from './micro-kernels.ts';
import { MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase } from './micro-types.ts';

/** How long the elementary kernels run alone; their partner runs longer. */
const WINDOW_NS: Ns = 8e6;
const LONGER = 40;
/** Blocks of 512 threads per SM that a kernel alone on its SMs has, and one that shares them. */
const FULL = 4;
const HALF = 2;

const unit = (element: Element): string =>
  element === 'fma' || element === 'mma' ? 'flop_per_ns' : 'bytes_per_ns';

type RateOf = (element: Element) => (n: number) => number;

/** Alone on the first n TPCs. From: the rate on one TPC, and the ceilings of the device file. */
export function rateCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const rateOf = ratesFrom(device, lines);
  const { dramSaturationTpcs } = device.memory;
  const all = device.geometry.tpcs.value;
  const cases: MicroCase[] = [];
  for (const [n, measured] of lines.rates) {
    for (const element of ELEMENTS) {
      const kernel = elementKernel(device, element, rateOf(element), {
        tpcs: n,
        blocksPerSm: FULL,
        ns: WINDOW_NS,
      });
      const rig = new MicroRig(device);
      let ns = Number.NaN;
      rig.submit(rig.stream(), kernel, {
        tpcs: TpcSet.range(0, n),
        ended: ({ startNs, endNs }) => {
          ns = endNs - startNs;
        },
      });
      rig.run(LONGER * WINDOW_NS);
      const predicted = (rateOf(element)(n) * WINDOW_NS) / ns;
      cases.push(
        microCase(
          'rate',
          `${element}@${n}`,
          unit(element),
          measured[element],
          predicted,
          fittedRate(element, n),
        ),
      );
    }
  }
  return cases;

  function fittedRate(element: Element, n: number): string | undefined {
    if (n === 1) return 'the rate on one TPC';
    if (element === 'copy' && n === all) return 'the ceiling of copies';
    const saturated = element === 'read' && n > dramSaturationTpcs.value;
    return saturated ? 'memory.dramBytesPerNs' : undefined;
  }
}

/** Two kernels at once on disjoint TPC sets. From: as `rateCases`. */
export function disjointCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const rateOf = ratesFrom(device, lines);
  const all = device.geometry.tpcs.value;
  return lines.disjoint.flatMap((line) => {
    const split = line.tpcsA ?? 0;
    const sides = [TpcSet.range(0, split), TpcSet.range(split, all)] as const;
    return pairCases(device, 'disjoint', line, sides, FULL, rateOf);
  });
}

/** Two kernels at once on all SMs. From: the rates of each alone with as many blocks (`half_alone`). */
export function sameSmCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const all = device.geometry.tpcs.value;
  const one = lines.rates.get(1) as Rates;
  const everywhere = TpcSet.range(0, all);
  const rateOf: RateOf = (element) => {
    const whole = lines.halfAlone.get(element) ?? Number.NaN;
    const dram = element === 'read' || element === 'copy';
    return (n) => Math.min(n * (dram ? one[element] : whole / all), whole);
  };
  return lines.sameSm.flatMap((line) =>
    pairCases(device, 'same_sm', line, [everywhere, everywhere], HALF, rateOf),
  );
}

function ratesFrom(device: DeviceFile, lines: MicroLines): RateOf {
  const one = lines.rates.get(1) as Rates;
  const all = lines.rates.get(device.geometry.tpcs.value) as Rates;
  return (element) => elementRate(device, element, one, all);
}

function pairCases(
  device: DeviceFile,
  mode: 'disjoint' | 'same_sm',
  line: PairLine,
  sets: readonly [TpcSet, TpcSet],
  blocksPerSm: number,
  rateOf: RateOf,
): readonly MicroCase[] {
  const { a, b } = line;
  const rateBeside = (own: Element, other: Element, ownSet: TpcSet, otherSet: TpcSet): number => {
    const kernel = (element: Element, set: TpcSet, ns: Ns) =>
      elementKernel(device, element, rateOf(element), { tpcs: set.size, blocksPerSm, ns });
    const rig = new MicroRig(device);
    const [first, second] = [rig.stream(), rig.stream()];
    let ns = Number.NaN;
    rig.submit(second, kernel(other, otherSet, LONGER * WINDOW_NS), { tpcs: otherSet });
    rig.submit(first, kernel(own, ownSet, WINDOW_NS), {
      tpcs: ownSet,
      ended: ({ startNs, endNs }) => {
        ns = endNs - startNs;
      },
    });
    rig.run(LONGER * WINDOW_NS);
    return (rateOf(own)(ownSet.size) * WINDOW_NS) / ns;
  };
  const [setA, setB] = sets;
  const where = line.tpcsA === undefined ? '' : `@${setA.size}-${setB.size}`;
  const id = `${a}+${b}${where}`;
  return [
    microCase(
      mode,
      `${id}/a`,
      unit(a),
      line.rateA,
      rateBeside(a, b, setA, setB),
      fittedPair(mode, a, b),
    ),
    microCase(
      mode,
      `${id}/b`,
      unit(b),
      line.rateB,
      rateBeside(b, a, setB, setA),
      fittedPair(mode, b, a),
    ),
  ];
}

/** The constant that was fitted to how `own` fares beside `other`. */
function fittedPair(
  mode: 'disjoint' | 'same_sm',
  own: Element,
  other: Element,
): string | undefined {
  if (own === 'copy' && other === 'copy') return 'memory.mixPenalty';
  if (mode === 'same_sm') return undefined;
  if ((own === 'l2' || own === 'fma') && other === 'mma') return 'NEIGHBOUR_SHARE';
  const both = [own, other];
  return both.includes('l2') && both.includes('copy') ? 'L2_WRITE_WEIGHT' : undefined;
}
