import { LithosError } from '../../errors.ts';
import type { PolicyDefinition } from '../../policy.ts';
import { needsDomain } from '../needs.ts';
import { MAX_TENANTS } from './allocation.ts';
import { LithosPolicy } from './lithos-policy.ts';
import { PARAMETERS } from './parameters.ts';

/** LithOS: TPC quotas, stealing of idle TPCs, atoms, and a bound on what is on the device. */
export const lithos: PolicyDefinition = {
  name: 'lithos',
  description: 'LithOS: TPC quotas, stealing of idle TPCs, long kernels in atoms',
  parameters: PARAMETERS,
  interposes: true,
  unsupported: (device) =>
    needsDomain('shared')(device) ??
    (device.capabilities.tpcGranularity === 1
      ? undefined
      : 'it confines launches to single TPCs, and the device cannot') ??
    (device.capabilities.atoms !== undefined
      ? undefined
      : 'it cuts launches into atoms, and the device cannot') ??
    (device.capabilities.priorityLevels >= 3 ? undefined : 'it needs three stream priorities'),
  place: (tenants) => {
    if (tenants.length > MAX_TENANTS) {
      throw new LithosError(
        'E_POLICY_TENANTS',
        `policy 'lithos' takes at most ${MAX_TENANTS} tenants, not ${tenants.length}`,
        'put several tenants together, or leave some out',
      );
    }
    return tenants.map(({ quotaTpcs }) => ({
      kind: 'placed',
      domain: { kind: 'shared' },
      ...(quotaTpcs > 0 && { visibleTpcs: quotaTpcs }),
    }));
  },
  create: (context) => new LithosPolicy(context),
};
