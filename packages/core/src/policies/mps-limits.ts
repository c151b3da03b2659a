import type { DeviceInfo } from '../device.ts';
import type { Placement, PolicyDefinition, TenantSpec } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/**
 * CUDA MPS with an active thread percentage per tenant, as large as its quota: a cap on how many TPCs
 * its work fills at once, not a choice of which. Best-effort tenants get what the quotas leave, in
 * equal parts; with nothing left they do not run, as in the paper.
 */
export const mpsLimits: PolicyDefinition = {
  name: 'mps-limits',
  description: 'NVIDIA MPS with active thread percentages: each tenant capped at its quota',
  parameters: {},
  unsupported: needsDomain('shared'),
  place: (tenants, device) => tenants.map((tenant) => cap(tenant, tenants, device)),
  create: passThrough,
};

function cap(tenant: TenantSpec, tenants: readonly TenantSpec[], device: DeviceInfo): Placement {
  const quotas = tenants.reduce((sum, t) => sum + t.quotaTpcs, 0);
  const others = tenants.filter((t) => t.quotaTpcs === 0).length;
  const maxTpcs =
    tenant.quotaTpcs > 0
      ? tenant.quotaTpcs
      : Math.floor((device.tpcs.size - quotas) / Math.max(1, others));
  return maxTpcs > 0
    ? { kind: 'placed', domain: { kind: 'shared', maxTpcs } }
    : { kind: 'refused', reason: 'no thread percentage is left: the quotas cover the device' };
}
