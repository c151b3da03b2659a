import type { Ns } from '@lithos/core';
import { closed, highPriority, iterationOf, load, scenarioOf } from './setup.ts';
import { groupBy } from './statistics.ts';
import type { ExperimentContext, RunOutcome, RunSpec } from './types.ts';

/** Services whose tail latency is watched under open-loop arrivals: one profile per model. */
const SERVICES = [
  'resnet50-b8',
  'bert-large-s384-b4',
  'retinanet-b1',
  'yolo-cspdarknet53-b1',
  'dlrm-b2048',
  'gptj-6b-prefill-t512',
  'llama3-8b-prefill-t512',
];
const LOADS = [0.35, 0.6];
const QUICK_PROFILES = ['resnet50-b8', 'bert-large-s384-b4', 'vgg19-train-b32'];
const QUICK_SERVICES = 1;

/** One workload alone under LithOS, with the mechanism under test or without. */
interface AloneCase extends RunSpec {
  readonly profile: string;
  /** Load of an open loop; `undefined` for a closed one. */
  readonly share: number | undefined;
  readonly on: boolean;
}

/** The same workload and arrivals without the mechanism and with it. */
export interface Comparison {
  readonly profile: string;
  readonly share: number | undefined;
  readonly seed: number;
  readonly off: RunOutcome;
  readonly on: RunOutcome;
}

export interface AloneOptions {
  /** Parameters of LithOS that turn the mechanism on. */
  readonly parameters: Readonly<Record<string, number>>;
  /** How long a workload runs, warm-up included, and how long the warm-up is. */
  timing(profile: string, share: number | undefined): readonly [durationNs: Ns, warmupNs: Ns];
}

/**
 * Every profile in a closed loop, and services in open loops at two loads with every seed; each
 * without the mechanism and with it. A closed loop has no randomness and runs once.
 */
export async function compareAlone(
  context: ExperimentContext,
  options: AloneOptions,
): Promise<readonly Comparison[]> {
  const profiles = context.quick ? QUICK_PROFILES : context.profiles();
  const services = context.quick ? SERVICES.slice(0, QUICK_SERVICES) : SERVICES;
  const loads = context.quick ? LOADS.slice(1) : LOADS;
  const [firstSeed = 1] = context.seeds;
  const both = (profile: string, share: number | undefined, seed: number) =>
    [false, true].map((on) => caseOf(options, profile, share, seed, on));
  const cases = [
    ...profiles.flatMap((profile) => both(profile, undefined, firstSeed)),
    ...services.flatMap((profile) =>
      loads.flatMap((share) => context.seeds.flatMap((seed) => both(profile, share, seed))),
    ),
  ];
  const done = await context.runs('models alone', cases);
  const groups = groupBy(done, (d) => `${d.profile} ${d.share} ${d.seed}`);
  return [...groups.values()].flatMap(([off, on]) => {
    if (off === undefined || on === undefined) return [];
    return [{ profile: off.profile, share: off.share, seed: off.seed, off, on }];
  });
}

function caseOf(
  { parameters, timing }: AloneOptions,
  profile: string,
  share: number | undefined,
  seed: number,
  on: boolean,
): AloneCase {
  const arrivals = share === undefined ? closed() : load(share);
  const tenant = highPriority('model', iterationOf(profile), arrivals);
  return {
    profile,
    share,
    seed,
    on,
    policy: 'lithos',
    parameters: on ? parameters : {},
    probed: true,
    scenario: scenarioOf(`${profile}-alone`, [tenant], ...timing(profile, share)),
  };
}

/** By how much P99 is longer with the mechanism, %. */
export function p99Increase({ off, on }: Comparison): number {
  return 100 * ((p99Ms(on) ?? 0) / (p99Ms(off) ?? 1) - 1);
}

export const p99Ms = ({ result }: RunOutcome): number | undefined =>
  result.tenants[0]?.latency_ms.p99;

/** What is lost of the throughput with the mechanism, %. */
export function throughputLoss({ off, on }: Comparison): number {
  return 100 * (1 - perS(on) / perS(off));
}

export const perS = ({ result }: RunOutcome): number => result.tenants[0]?.throughput_per_s ?? 0;

/** The open-loop services. */
export function openLoops(comparisons: readonly Comparison[]): readonly Comparison[] {
  return comparisons.filter((c) => c.share !== undefined);
}

export const closedLoops = (comparisons: readonly Comparison[]): readonly Comparison[] =>
  comparisons.filter((c) => c.share === undefined);
