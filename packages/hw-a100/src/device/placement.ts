import { LithosError, TpcSet } from '@lithos/core';
import type { Cuda, Handle } from '../driver/cuda.ts';
import type { KernelPlan } from '../kernels/plan.ts';
import { PORT_MODULE } from '../kernels/spin.ts';
import { prepareArguments } from './arguments.ts';
import { Cleanup } from './cleanup.ts';
import { SMS_PER_TPC } from './info.ts';
import { type Granularity, makeGroups, openDriver } from './open.ts';
import type { TpcGroups } from './tpc-groups.ts';

/** Threads of a block: two blocks fill an SM of 2048. */
const THREADS = 1024;
/** How long a block stays, ns: long enough that all slots fill before the first is free again. */
const BLOCK_NS = 30_000;
/** Sets of several TPCs that are tried. */
const RANDOM_SETS = 50;

/** What was seen of where blocks run. */
export interface PlacementReport {
  readonly granularity: Granularity;
  /** TPCs of a group of the split. */
  readonly groupTpcs: number;
  readonly groups: number;
  /** SMs of each group, as `%smid` showed them. */
  readonly sms: readonly (readonly number[])[];
  readonly sets: number;
  /** What did not come out as it should; empty if confinement is exact. */
  readonly faults: readonly string[];
}

/**
 * Launches on each group alone, and on 50 sets of several, and compares the SMs that blocks saw with
 * those they may use. It opens and closes the device by itself.
 */
export function probePlacement(ordinal: number, granularity: Granularity): PlacementReport {
  const cleanup = new Cleanup();
  try {
    const { cuda, device } = openDriver(ordinal, cleanup);
    const groups = makeGroups(cuda, device, granularity);
    if (groups === undefined) {
      throw new LithosError(
        'E_CUDA_SYMBOL',
        'this driver has no green contexts, by which launches are confined to TPCs',
        'update the NVIDIA driver: 12.5 is the oldest that has them',
        1,
      );
    }
    return probe(cuda, groups, granularity, cleanup);
  } finally {
    cleanup.run();
  }
}

function probe(
  cuda: Cuda,
  groups: TpcGroups,
  granularity: Granularity,
  cleanup: Cleanup,
): PlacementReport {
  const count = groups.tpcs / groups.granularity;
  const most = 4 * SMS_PER_TPC * groups.tpcs;
  const buffer = cuda.alloc(4 * most);
  cleanup.add(() => cuda.free(buffer));
  const module = cuda.loadModule(PORT_MODULE.ptx);
  cleanup.add(() => cuda.unloadModule(module));
  const fn = cuda.moduleFunction(module, 'lithos_where');
  const observe = (tpcs: TpcSet): readonly number[] => observedSms(cuda, fn, buffer, groups, tpcs);

  const faults: string[] = [];
  const sms = Array.from({ length: count }, (_, group) => observe(groupSet(groups, [group])));
  const owner = new Map<number, number>();
  sms.forEach((seen, group) => {
    if (seen.length !== SMS_PER_TPC * groups.granularity) {
      faults.push(`group ${group} ran on ${seen.length} SMs: ${seen}`);
    }
    if (!isWholeTpcs(seen)) faults.push(`group ${group} ran on SMs ${seen}: parts of TPCs`);
    for (const sm of seen) {
      const other = owner.get(sm);
      if (other !== undefined) faults.push(`groups ${other} and ${group} both ran on SM ${sm}`);
      owner.set(sm, group);
    }
  });
  for (const chosen of randomSets(count)) {
    const expected = chosen.flatMap((group) => sms[group] ?? []).sort((a, b) => a - b);
    const seen = observe(groupSet(groups, chosen));
    if (seen.join() !== expected.join()) {
      faults.push(`groups ${chosen} ran on SMs ${seen}, not on ${expected}`);
    }
  }
  return {
    granularity,
    groupTpcs: groups.granularity,
    groups: count,
    sms,
    sets: RANDOM_SETS,
    faults,
  };
}

/** SMs on which blocks of a launch on these TPCs ran, ascending. */
function observedSms(
  cuda: Cuda,
  fn: Handle,
  buffer: Handle,
  groups: TpcGroups,
  tpcs: TpcSet,
): readonly number[] {
  const blocks = 4 * SMS_PER_TPC * tpcs.size;
  const plan: KernelPlan = {
    module: PORT_MODULE,
    entry: 'lithos_where',
    grid: [blocks, 1, 1],
    block: [THREADS, 1, 1],
    sharedBytes: 0,
    parameters: [
      { kind: 'u64', value: 0n },
      { kind: 'u32', value: BLOCK_NS },
      { kind: 'u64', value: buffer },
    ],
    completion: 'record',
    splittable: false,
  };
  const laid = prepareArguments(plan, { address: () => 0n });
  const context = groups.createContext(tpcs);
  try {
    const stream = cuda.createGreenStream(context, 0);
    try {
      cuda.launchKernel(fn, blocks, 1, 1, THREADS, 1, 1, 0, stream, laid.table);
      cuda.synchronizeStream(stream);
    } finally {
      cuda.destroyStream(stream);
    }
  } finally {
    cuda.destroyGreenContext(context);
  }
  const seen = new Uint32Array(blocks);
  cuda.download(seen, buffer);
  return [...new Set(seen)].sort((a, b) => a - b);
}

const groupSet = ({ granularity }: TpcGroups, chosen: readonly number[]): TpcSet =>
  TpcSet.of(
    chosen.flatMap((group) =>
      Array.from({ length: granularity }, (_, i) => group * granularity + i),
    ),
  );

/** True if the SMs, ascending, are both of each TPC that they are of. */
const isWholeTpcs = (sms: readonly number[]): boolean =>
  sms.every((sm, i) => (sm % SMS_PER_TPC === 0 ? sms[i + 1] === sm + 1 : sms[i - 1] === sm - 1));

/** Sets of groups that look random and are the same every time: the one from 2 on to nearly all. */
function randomSets(count: number): readonly (readonly number[])[] {
  let state = 12_345;
  const next = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return Array.from({ length: RANDOM_SETS }, () => {
    const left = Array.from({ length: count }, (_, i) => i);
    const size = Math.min(count, 2 + next(Math.max(1, count - 2)));
    return Array.from({ length: size }, () => left.splice(next(left.length), 1)[0] as number).sort(
      (a, b) => a - b,
    );
  });
}
