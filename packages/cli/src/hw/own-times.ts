import { LithosError } from '@lithos/core';
import type { Scenario } from '@lithos/experiments';

/**
 * Refuses own kernels without a time where the simulator tells what a tenant does alone: found out in
 * the middle of a run, it would cost the run.
 */
export function needOwnTimes({ tenants }: Scenario): void {
  for (const { name, workload } of tenants) {
    const launches = workload.kind === 'ptx' ? workload.work.launches : [];
    const untimed = launches.find(({ timeNs }) => timeNs === undefined);
    if (untimed === undefined) continue;
    throw new LithosError(
      'E_PTX_TIME',
      `with MIG on, what tenant '${name}' does alone is taken from the simulator, which cannot tell how long its kernel '${untimed.kernel}' takes`,
      `state time: for each of its launches (device time, alone on the whole GPU), or leave out the policy 'mig' and turn MIG off`,
    );
  }
}
