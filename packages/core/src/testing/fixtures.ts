import type { KernelShape, Launchable } from '../kernel.ts';
import type { StreamClient } from '../launch-queue.ts';
import type { Decision, Policy, PolicyContext, PolicyDefinition, TenantSpec } from '../policy.ts';
import { TpcSet } from '../tpc-set.ts';

let kernels = 0;

/** A splittable kernel of `blocks` blocks with an id of its own. */
export function kernelOf(blocks: number, shape: Partial<KernelShape> = {}): KernelShape {
  const id = kernels++;
  return {
    id,
    name: `kernel-${id}`,
    grid: [blocks, 1, 1],
    block: [128, 1, 1],
    blocks,
    threadsPerBlock: 128,
    registersPerThread: 32,
    sharedMemoryBytes: 0,
    clusterSize: 1,
    splittable: true,
    ...shape,
  };
}

/** A launch of such a kernel. */
export function launchable(
  blocks: number,
  shape: Partial<KernelShape> = {},
  ordinal = 0,
): Launchable {
  return { kernel: kernelOf(blocks, shape), ordinal };
}

export const hp = (name: string, quotaTpcs: number): TenantSpec => ({
  name,
  class: 'hp',
  quotaTpcs,
});

export const be = (name: string): TenantSpec => ({ name, class: 'be', quotaTpcs: 0 });

/** A client that notes the tokens it is told. */
export class TokenLog implements StreamClient {
  readonly tokens: { token: number; at: number }[] = [];

  synchronized(token: number, at: number): void {
    this.tokens.push({ token, at });
  }
}

/** A policy for tests: everything placed in the shared domain, behaviour as given. */
export function policyOf(
  create: (context: PolicyContext) => Policy,
  extra: Partial<PolicyDefinition> = {},
): PolicyDefinition {
  return {
    name: 'under-test',
    description: 'a policy for tests',
    parameters: {},
    place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } })),
    create,
    ...extra,
  };
}

/** A decision that is right for a head launch of `blocks` blocks on an 8-TPC device. */
export function decisionOf(blocks: number, changes: Partial<Decision> = {}): Decision {
  return {
    tpcs: TpcSet.range(0, 8),
    priority: 0,
    blocks,
    predictedNs: 0,
    stolen: TpcSet.EMPTY,
    stolenFrom: 0,
    sizedFrom: 0,
    ...changes,
  };
}
