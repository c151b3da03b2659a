import { type Ns, TpcSet } from '@lithos/core';
import type { DeviceFile } from '@lithos/sim';
import { aloneOnTpcs } from './micro-alone.ts';
import { ELEMENTS, type Element, type MicroLines } from './micro-file.ts';
import { elementKernel } from './micro-kernels.ts';
import { MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase, unitOf } from './micro-types.ts';

const WINDOW_NS: Ns = 8e6;
const BLOCKS_PER_SM = 4;

/** Alone on the first n TPCs. */
export function rateCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const cases: MicroCase[] = [];
  for (const [tpcs, measured] of lines.rates) {
    for (const element of ELEMENTS) {
      const predicted = predict(device, lines, element, tpcs);
      const fitted = fittedTo(device, element, tpcs);
      const id = `${element}@${tpcs}`;
      cases.push(microCase('rate', id, unitOf(element), measured[element], predicted, fitted));
    }
  }
  return cases;
}

function predict(device: DeviceFile, lines: MicroLines, element: Element, tpcs: number): number {
  const alone = aloneOnTpcs(device, lines, element);
  const shape = { tpcs, blocksPerSm: BLOCKS_PER_SM, ns: WINDOW_NS };
  const kernel = elementKernel(device, element, alone, shape);
  const rig = new MicroRig(device);
  let rate = Number.NaN;
  rig.submit(rig.stream(), kernel, {
    tpcs: TpcSet.range(0, tpcs),
    ended: ({ startNs, endNs }) => {
      rate = (alone.rate(tpcs) * WINDOW_NS) / (endNs - startNs);
    },
  });
  rig.run(2 * WINDOW_NS);
  return rate;
}

function fittedTo(device: DeviceFile, element: Element, tpcs: number): string | undefined {
  if (tpcs === 1) return 'the rate on one TPC';
  if (element === 'copy' && tpcs === device.geometry.tpcs.value) return 'memory.mixPenalty';
  const saturated = element === 'read' && tpcs > device.memory.dramSaturationTpcs.value;
  return saturated ? 'memory.dramBytesPerNs' : undefined;
}
