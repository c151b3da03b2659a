import type { MicroLines } from './micro-file.ts';
import { measuredDevice } from './micro-kernels.ts';
import { dispatchCases, launchCases } from './micro-launch.ts';
import { disjointCases, sameSmCases } from './micro-pairs.ts';
import { priorityCases } from './micro-priority.ts';
import { rateCases } from './micro-rates.ts';
import { sliceCases } from './micro-slice.ts';
import type { MicroCase, MicroMode, MicroValidation } from './micro-types.ts';
import { errorSummary } from './statistics.ts';

/** What the predictions of a mode start from, beside the constants of the model. */
export const MICRO_SOURCES: Readonly<Record<MicroMode, string>> = {
  rate: 'rates on 1 TPC; DRAM and L2 ceilings of the device file; copies on all TPCs',
  disjoint:
    'as rate; what the second kernel moves beside FP32 work, because its accesses straddle sectors',
  same_sm:
    'rates of each kernel alone with the same blocks per SM; instructions counted in the source',
  launch: 'launch and synchronisation costs of the device file',
  dispatch: 'launch costs and dispatch rate of the device file',
  priority: 'length of a block, as set; launch costs of the device file',
  slice: 'length of a block, as set; slice and switch of the device file; least gap of the process',
};

/** Predicts the micro-benchmarks, line by line, on the simulated device through its port. */
export function validateMicro(lines: MicroLines): MicroValidation {
  const device = measuredDevice();
  const all: readonly MicroCase[] = [
    ...rateCases(device, lines),
    ...disjointCases(device, lines),
    ...sameSmCases(device, lines),
    ...launchCases(device, lines),
    ...dispatchCases(device, lines),
    ...priorityCases(device, lines),
    ...sliceCases(device, lines),
  ];
  const cases = all.filter((c) => c.fitted === undefined);
  const modes = [...new Set(cases.map((c) => c.mode))].map((mode) => {
    const own = cases.filter((c) => c.mode === mode);
    return { mode, cases: own.length, ...errorSummary(own), from: MICRO_SOURCES[mode] };
  });
  return {
    schema: 'lithos/validate@1',
    what: 'micro',
    device: device.id,
    cases,
    ...errorSummary(cases),
    fitted_cases: all.filter((c) => c.fitted !== undefined),
    modes,
    silent_lines: lines.silent,
  };
}
