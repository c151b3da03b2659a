import type { PolicyDefinition } from '../policy.ts';
import { needsDomain } from './needs.ts';
import { passThrough } from './pass-through.ts';

/**
 * CUDA MPS with client priority: best-effort tenants run below normal. It decides who gets a freed
 * slot, and evicts nobody.
 */
export const streamPriority: PolicyDefinition = {
  name: 'stream-priority',
  description: 'NVIDIA MPS with client priority: freed slots go to high-priority tenants first',
  parameters: {},
  unsupported: (device) =>
    needsDomain('shared')(device) ??
    (device.capabilities.priorityLevels >= 2 ? undefined : 'it needs two stream priorities'),
  place: (tenants) => tenants.map(() => ({ kind: 'placed', domain: { kind: 'shared' } })),
  create: (context) =>
    passThrough(context, (tenant) => (context.tenants[tenant]?.class === 'hp' ? 1 : 0)),
};
