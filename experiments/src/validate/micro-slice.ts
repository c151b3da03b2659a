import type { Ns } from '@lithos/core';
import type { DeviceFile } from '@lithos/sim';
import type { MicroLines, SliceLine } from './micro-file.ts';
import { spinKernel } from './micro-priority.ts';
import { type Finished, MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase } from './micro-types.ts';
import { absPercentile } from './statistics.ts';

const BLOCK_NS: Ns = 20_000;
const SPAN_NS: Ns = 200e6;

/**
 * Two processes without MPS that launch grids and synchronise in a loop. From: the 20 µs that blocks
 * were told to spin; the slice and the switch of the device file; the time that the process needs
 * between two grids when nobody is there (its least gaps).
 */
export function sliceCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  const cases: MicroCase[] = [];
  const { slices } = lines;
  for (let i = 0; i + 1 < slices.length; i++) {
    const [a, b] = [slices[i] as SliceLine, slices[i + 1] as SliceLine];
    // A process alone is a single line.
    if (a.waves !== b.waves) continue;
    i += 1;
    const fitted = a.waves === 1 ? 'contexts.switchNs' : undefined;
    predict(device, [a, b]).forEach(({ runUs, gapUs }, side) => {
      const line = side === 0 ? a : b;
      const id = `${line.waves}-waves/${side === 0 ? 'a' : 'b'}`;
      cases.push(microCase('slice', id, 'run_us', line.runUs, runUs));
      cases.push(microCase('slice', id, 'gap_us', line.gapUs, gapUs, fitted));
    });
  }
  return cases;
}

function predict(
  device: DeviceFile,
  pair: readonly [SliceLine, SliceLine],
): readonly { readonly runUs: number; readonly gapUs: number }[] {
  const rig = new MicroRig(device);
  const sms = device.geometry.tpcs.value * device.geometry.smsPerTpc.value;
  const seen: Finished[][] = pair.map(() => []);
  pair.forEach((line, side) => {
    const kernel = spinKernel(device, sms * line.waves, BLOCK_NS);
    const stream = rig.stream({ kind: 'context' });
    const own = seen[side] as Finished[];
    const launch = (): void =>
      rig.submit(stream, kernel, {
        ended: (finished) => {
          own.push(finished);
          rig.at(rig.now() + line.ownGapUs * 1000, launch);
        },
      });
    rig.at(0, launch);
  });
  rig.run(SPAN_NS);
  return seen.map((runs) => ({
    runUs: median(runs.map(({ startNs, endNs }) => endNs - startNs)) / 1000,
    gapUs:
      median(runs.slice(1).map(({ startNs }, i) => startNs - (runs[i] as Finished).endNs)) / 1000,
  }));
}

const median = (values: readonly number[]): number => absPercentile(values, 50);
