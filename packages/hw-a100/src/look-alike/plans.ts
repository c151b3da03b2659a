import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type KernelProfile, LithosError, type SmLimits } from '@lithos/core';
import type { KernelParameter, KernelPlan, PtxModule } from '../kernels/plan.ts';
import { BUFFER_UNITS, type LookAlikeCalibration, lookAlikes } from './calibration.ts';
import { type LookAlikeKernel, rowUnits, slotsPerThread, turnsPerWarp } from './kernel.ts';

let loaded: (PtxModule & { readonly version: string }) | undefined;

/** The module of all look-alikes, read at first use; `version` changes with its text. */
export function lookAlikeModule(): PtxModule & { readonly version: string } {
  if (loaded === undefined) {
    const ptx = readFileSync(new URL('../../kernels/ptx/look-alike.ptx', import.meta.url), 'utf8');
    const version = createHash('sha256').update(ptx).digest('hex').slice(0, 12);
    loaded = { id: 'lithos-look-alike', ptx, version };
  }
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
  const { version } = lookAlikeModule();
  if (calibration.kernels !== version) {
    throw new LithosError(
      'E_LOOK_ALIKE',
      `the calibration of profile '${profile.id}' was measured with look-alike kernels ${calibration.kernels}, and these are ${version}`,
      'remove the calibration file: it is made anew at the next run',
    );
  }
  return lookAlikes(profile, calibration, sm, sms).map((kernel, position) => {
    const group = calibration.groups[calibration.group[position] ?? -1];
    const expectedNs = group?.measuredNs[group.measuredNs.length - 1] ?? 0;
    return { ...lookAlikePlan(kernel), expectedNs };
  });
}
