import type { LaunchQueue } from '../launch-queue.ts';
import type { Decision, Policy, PolicyContext } from '../policy.ts';
import { TpcSet } from '../tpc-set.ts';

/**
 * Hands every launch to the device at once, whole, on all TPCs or always the same ones: what the driver
 * does by itself. The systems of NVIDIA differ in the sharing domain they put tenants in, in priorities,
 * and in TPCs.
 */
export function passThrough(
  context: PolicyContext,
  priority: (tenant: number) => number = () => 0,
  tpcs: (tenant: number) => TpcSet = () => context.device.tpcs,
): Policy {
  const decision: Decision = {
    tpcs: context.device.tpcs,
    priority: 0,
    blocks: 0,
    predictedNs: 0,
    stolen: TpcSet.EMPTY,
    stolenFrom: 0,
    sizedFrom: 0,
  };
  return {
    launchQueued(queue: LaunchQueue): void {
      decision.priority = priority(queue.tenant);
      decision.tpcs = tpcs(queue.tenant);
      decision.blocks = queue.headWork().kernel.blocks;
      context.submit(queue, decision);
    },
  };
}
