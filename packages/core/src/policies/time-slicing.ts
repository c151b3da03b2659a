import type { PolicyDefinition } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/** The default of several processes without MPS: one context at a time has the whole device. */
export const timeSlicing: PolicyDefinition = {
  name: 'time-slicing',
  description: 'Default time slicing: one context at a time has the whole device',
  parameters: {},
  unsupported: needsDomain('context'),
  place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'context' } })),
  create: passThrough,
};
