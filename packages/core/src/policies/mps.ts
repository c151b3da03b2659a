import type { PolicyDefinition } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/** CUDA MPS with its defaults: one scheduling domain, no limits, one priority. */
export const mps: PolicyDefinition = {
  name: 'mps',
  description: 'NVIDIA MPS, defaults: all tenants share all SMs, oldest grid first',
  parameters: {},
  unsupported: needsDomain('shared'),
  place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } })),
  create: passThrough,
};
