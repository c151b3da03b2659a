import type { DeviceInfo, InstanceProfile } from '../device.ts';
import type { Placement, PolicyDefinition, TenantSpec } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/** Compute slices of a MIG-capable device. */
const SLICES = 7;

/**
 * Static MIG instances. As in the paper, two high-priority tenants get 4g and 3g, the larger quota
 * the larger instance; one high-priority tenant gets 4g and leaves 3g to a best-effort tenant; a
 * tenant for whom no instance is left does not run. Nor does one that does not fit the memory of the
 * instance that it would get, which then goes to the next.
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
  const sizes = tenants.length === 1 ? [SLICES] : [4, 3];
  const placements: Placement[] = tenants.map(() => ({
    kind: 'refused',
    reason: `no MIG instance is left: ${sizes.map((s) => `${s}g`).join(' + ')} are taken`,
  }));
  const { instances } = device.capabilities;
  const free = sizes
    .map((size) => instances.findIndex((instance) => instance.computeSlices === size))
    .filter((profile) => profile >= 0);
  let taken = 0;
  for (const { tenant, index } of order) {
    const profile = free[taken];
    const instance = profile === undefined ? undefined : instances[profile];
    if (profile === undefined || instance === undefined) break;
    const reason = tooLarge(tenant, instance);
    placements[index] =
      reason === undefined
        ? { kind: 'placed', domain: { kind: 'instance', profile, instance: taken } }
        : { kind: 'refused', reason };
    if (reason === undefined) taken += 1;
  }
  return placements;
}

/** Why a tenant cannot run in an instance, or `undefined` if it can. */
function tooLarge(
  { name, memoryBytes }: TenantSpec,
  instance: InstanceProfile,
): string | undefined {
  if (memoryBytes === undefined || memoryBytes <= instance.memoryBytes) return undefined;
  const need = `${name} needs ${gigabytes(memoryBytes)} of memory at least`;
  return `${need}, and a MIG instance ${instance.name} has ${gigabytes(instance.memoryBytes)}`;
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

const rank = (tenant: TenantSpec): number => (tenant.class === 'hp' ? 0 : 1);
