import { LithosError } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { PolicyDefinition } from '../policy.ts';
import { lithos } from './lithos/lithos.ts';
import { mig } from './mig.ts';
import { mps } from './mps.ts';
import { mpsLimits } from './mps-limits.ts';
import { streamPriority } from './stream-priority.ts';
import { streams } from './streams.ts';
import { timeSlicing } from './time-slicing.ts';
import { tpcPartition } from './tpc-partition.ts';

/** All policies, in the order of reports. A new policy is one more line here. */
export const POLICIES: readonly PolicyDefinition[] = [
  lithos,
  mps,
  streamPriority,
  mpsLimits,
  mig,
  timeSlicing,
  tpcPartition,
  streams,
];

/** The policy of this name; an unknown name is an error that gives the nearest one. */
export function findPolicy(name: string): PolicyDefinition {
  const policy = POLICIES.find((p) => p.name === name);
  if (policy !== undefined) return policy;
  const names = POLICIES.map((p) => p.name);
  const guess = nearest(name, names);
  throw new LithosError(
    'E_POLICY_NAME',
    `there is no policy '${name}'`,
    guess === undefined ? `known policies: ${names.join(', ')}` : `did you mean '${guess}'?`,
  );
}
