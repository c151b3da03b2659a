import type { ScenarioTenant } from '../scenario-types.ts';
import type { ScenarioContext, ScenarioDevice } from './context.ts';
import type { Entry } from './source.ts';

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** Refuses tenants that do not fit the device's memory all at once. */
export function checkMemory(
  entry: Entry,
  tenants: readonly ScenarioTenant[],
  device: ScenarioDevice,
  context: ScenarioContext,
): void {
  const needs = tenants.map((tenant) => context.memoryNeed(tenant.workload));
  const total = needs.reduce((sum, bytes) => sum + bytes, 0);
  if (total <= device.memoryBytes) return;
  const parts = tenants.map(({ name }, i) => `${name} ${gigabytes(needs[i] ?? 0)}`).join(', ');
  const larger = context.devices
    .filter(({ memoryBytes }) => memoryBytes >= total)
    .sort((a, b) => a.memoryBytes - b.memoryBytes)[0];
  entry.fail(
    'E_SCENARIO_MEMORY',
    `the tenants need ${gigabytes(total)}, and ${device.id} has ${gigabytes(device.memoryBytes)} (${parts})`,
    larger === undefined
      ? 'remove a tenant, or choose smaller models or batches'
      : `remove a tenant, choose smaller models or batches, or a device with more memory: ${larger.id}`,
  );
}
