import type { DeviceInfo } from '../device.ts';
import type { Placement, PolicyDefinition, TenantSpec } from '../policy.ts';
import { TpcSet } from '../tpc-set.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/**
 * A static partition into TPC sets, as green contexts give without a scheduler: each tenant has the TPCs
 * of its quota and no others, whoever is idle. Best-effort tenants share what the quotas leave in equal
 * parts; with nothing left they do not run.
 */
export const tpcPartition: PolicyDefinition = {
  name: 'tpc-partition',
  description: 'Green contexts: each tenant has the TPCs of its quota, and never any others',
  parameters: {},
  unsupported: (device) =>
    needsDomain('shared')(device) ??
    (device.capabilities.tpcGranularity === undefined
      ? 'it confines tenants to TPCs, and the device cannot'
      : undefined),
  place: (tenants, device) => partition(tenants, device).map(placement),
  create: (context) => {
    const parts = partition(context.tenants, context.device);
    return passThrough(
      context,
      () => 0,
      (tenant) => parts[tenant] ?? context.device.tpcs,
    );
  },
};

const placement = (tpcs: TpcSet): Placement =>
  tpcs.size > 0
    ? { kind: 'placed', domain: { kind: 'shared' } }
    : { kind: 'refused', reason: 'no TPCs are left: the quotas cover the device' };

/** TPCs of each tenant: compact ranges in the tenants' order, in steps of the device's granularity. */
function partition(tenants: readonly TenantSpec[], device: DeviceInfo): readonly TpcSet[] {
  const step = device.capabilities.tpcGranularity ?? 1;
  const quotas = tenants.reduce((sum, tenant) => sum + tenant.quotaTpcs, 0);
  const others = tenants.filter((tenant) => tenant.quotaTpcs === 0).length;
  const share = Math.floor((device.tpcs.size - quotas) / Math.max(1, others));
  let rest = device.tpcs;
  return tenants.map(({ quotaTpcs }) => {
    const wanted = quotaTpcs > 0 ? quotaTpcs : share;
    const own = wanted < step ? TpcSet.EMPTY : rest.lowest(wanted - (wanted % step));
    rest = rest.difference(own);
    return own;
  });
}
