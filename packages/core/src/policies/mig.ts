import type { DeviceInfo } from '../device.ts';
import type { Placement, PolicyDefinition, TenantSpec } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/** Compute slices of a MIG-capable device. */
const SLICES = 7;

/**
 * Static MIG instances. As in the paper, two high-priority tenants get 4g and 3g, the larger quota
 * the larger instance; one high-priority tenant gets 4g and leaves 3g to a best-effort tenant; a
 * tenant for whom no instance is left does not run.
 */
export const mig: PolicyDefinition = {
  name: 'mig',
  description: 'MIG instances: 4g to the largest tenant, 3g to the next, no room for more',
  parameters: {},
  unsupported: needsDomain('instance'),
  place: (tenants, device) => placeInstances(tenants, device),
  create: passThrough,
};

function placeInstances(tenants: readonly TenantSpec[], device: DeviceInfo): readonly Placement[] {
  const order = tenants
    .map((tenant, index) => ({ tenant, index }))
    .sort(
      (a, b) =>
        rank(a.tenant) - rank(b.tenant) ||
        b.tenant.quotaTpcs - a.tenant.quotaTpcs ||
        a.index - b.index,
    );
  const { instances } = device.capabilities;
  const sizes = tenants.length === 1 ? [SLICES] : [4, 3];
  const placements: Placement[] = tenants.map(() => ({
    kind: 'refused',
    reason: `no MIG instance is left: ${sizes.map((s) => `${s}g`).join(' + ')} are taken`,
  }));
  order.forEach(({ index }, i) => {
    const profile = instances.findIndex((instance) => instance.computeSlices === sizes[i]);
    if (profile >= 0) {
      placements[index] = { kind: 'placed', domain: { kind: 'instance', profile, instance: i } };
    }
  });
  return placements;
}

const rank = (tenant: TenantSpec): number => (tenant.class === 'hp' ? 0 : 1);
