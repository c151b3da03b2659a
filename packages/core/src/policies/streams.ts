import type { PolicyDefinition } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/**
 * All tenants as streams of one process, with no scheduler: the hardware's own. In the simulator it is
 * the same as MPS; on a real GPU MPS means a process for each tenant.
 */
export const streams: PolicyDefinition = {
  name: 'streams',
  description: 'Streams of one process, no scheduler: all tenants share all SMs, oldest grid first',
  parameters: {},
  unsupported: needsDomain('shared'),
  place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } })),
  create: passThrough,
};
