import { readFileSync } from 'node:fs';
import type { KernelProfile, SmLimits } from '@lithos/core';
import type { KernelParameter, KernelPlan, PtxModule } from '../kernels/plan.ts';
import { BUFFER_UNITS, type LookAlikeCalibration, lookAlikes } from './calibration.ts';
import { type LookAlikeKernel, rowUnits, slotsPerThread, turnsPerWarp } from './kernel.ts';

let loaded: PtxModule | undefined;

/** The module of all look-alikes; read at first use. */
export function lookAlikeModule(): PtxModule {
  loaded ??= {
    id: 'lithos-look-alike',
    ptx: readFileSync(new URL('../../kernels/ptx/look-alike.ptx', import.meta.url), 'utf8'),
  };
  return loaded;
}

/** The buffer that all look-alikes read, 1 GiB, and an address that they never write. */
const BUFFER: KernelParameter = { kind: 'buffer', name: 'look-alike', bytes: 16 * BUFFER_UNITS };
const NEVER: KernelParameter = { kind: 'u64', value: 0n };

/** How a look-alike is launched: it keeps the completion record by itself and may be cut anywhere. */
export function lookAlikePlan(kernel: LookAlikeKernel): KernelPlan {
  const { work } = kernel;
  const turns = turnsPerWarp(kernel, work);
  const words = [
    BUFFER_UNITS - 1,
    kernel.start,
    kernel.blocks,
    work.units,
    work.writes,
    rowUnits(kernel, work.units),
    slotsPerThread(kernel),
    ...turns,
    work.chain,
    work.lead,
  ];
  return {
    module: lookAlikeModule(),
    entry: kernel.entry,
    grid: [kernel.blocks, 1, 1],
    block: [kernel.threads, 1, 1],
    sharedBytes: kernel.dynamicSharedMemoryBytes,
    parameters: [
      { kind: 'record' },
      { kind: 'block-begin' },
      BUFFER,
      ...words.map((value) => ({ kind: 'u32', value }) as const),
      NEVER,
    ],
    completion: 'record',
    splittable: true,
  };
}

/** One plan per position of a profile's sequence, with the time it is expected to take alone. */
export function lookAlikePlans(
  profile: KernelProfile,
  calibration: LookAlikeCalibration,
  sm: SmLimits,
  sms: number,
): KernelPlan[] {
  return lookAlikes(profile, calibration, sm, sms).map((kernel, position) => {
    const group = calibration.groups[calibration.group[position] ?? -1];
    const expectedNs = group?.measuredNs[group.measuredNs.length - 1] ?? 0;
    return { ...lookAlikePlan(kernel), expectedNs };
  });
}
