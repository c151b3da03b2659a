import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InstanceProfile } from '../device.ts';
import type { Placement, TenantSpec } from '../policy.ts';
import { deviceOf } from '../testing/fake-port.ts';
import { be, hp } from '../testing/fixtures.ts';
import { mig } from './mig.ts';

/** The profiles of an A100, as far as placement looks at them. */
const INSTANCES: InstanceProfile[] = [7, 4, 3, 2, 1].map((computeSlices) => ({
  name: `${computeSlices}g`,
  computeSlices,
  tpcs: 7 * computeSlices,
  memoryShare: 0.5,
  memoryBytes: 1e9,
}));

/** Placements as text: the instance's profile, or `refused`. */
function place(tenants: readonly TenantSpec[], instances = INSTANCES): string[] {
  return mig
    .place(tenants, deviceOf(54, { instances }), {})
    .map((p) => (p.kind === 'refused' ? 'refused' : nameOf(p, instances)));
}

function nameOf(placement: Placement, instances: readonly InstanceProfile[]): string {
  if (placement.kind !== 'placed' || placement.domain.kind !== 'instance') return 'elsewhere';
  return instances[placement.domain.profile]?.name ?? 'no such profile';
}

describe('mig', () => {
  it('gives 4g to the larger quota and 3g to the smaller, in whatever order they come', () => {
    expect(place([hp('a', 40), hp('b', 14)])).toEqual(['4g', '3g']);
    expect(place([hp('a', 14), hp('b', 40)])).toEqual(['3g', '4g']);
    expect(place([hp('a', 27), hp('b', 27)])).toEqual(['4g', '3g']);
  });

  it('gives a tenant alone the whole device', () => {
    expect(place([hp('a', 54)])).toEqual(['7g']);
    expect(place([be('a')])).toEqual(['7g']);
  });

  it('has no instance for a best-effort tenant beside two with quotas, and says why', () => {
    const tenants = [be('train'), hp('a', 40), hp('b', 14)];
    expect(place(tenants)).toEqual(['refused', '4g', '3g']);
    expect(mig.place(tenants, deviceOf(54, { instances: INSTANCES }), {})[0]).toEqual({
      kind: 'refused',
      reason: 'no MIG instance is left: 4g + 3g are taken',
    });
  });

  it('gives a best-effort tenant 3g beside one high-priority tenant', () => {
    expect(place([be('train'), hp('a', 10)])).toEqual(['3g', '4g']);
    expect(place([hp('a', 10), be('x'), be('y')])).toEqual(['4g', '3g', 'refused']);
  });

  it('tells the instances of one device apart', () => {
    const placements = mig.place(
      [hp('a', 20), hp('b', 10)],
      deviceOf(54, { instances: INSTANCES }),
      {},
    );
    const instances = placements.map((p) =>
      p.kind === 'placed' && p.domain.kind === 'instance' ? p.domain.instance : -1,
    );
    expect(new Set(instances).size).toBe(2);
    expect(Math.min(...instances)).toBeGreaterThanOrEqual(0);
  });

  it('refuses a tenant whose instance the device does not have', () => {
    expect(place([hp('a', 20), hp('b', 10)], INSTANCES.slice(0, 2))).toEqual(['4g', 'refused']);
  });

  describe('with what tenants need of memory', () => {
    const need = (tenant: TenantSpec, memoryBytes: number): TenantSpec => ({
      ...tenant,
      memoryBytes,
    });
    const instances = INSTANCES.map((instance) => ({
      ...instance,
      memoryBytes: instance.computeSlices === 7 ? 40e9 : 20e9,
    }));

    it('refuses a tenant that its instance has not the memory for, and says so', () => {
      const tenants = [need(hp('chat', 40), 25.49e9), need(hp('detect', 14), 20e9)];
      expect(place(tenants, instances)).toEqual(['refused', '4g']);
      expect(mig.place(tenants, deviceOf(54, { instances }), {})[0]).toEqual({
        kind: 'refused',
        reason: 'chat needs 25.5 GB of memory at least, and a MIG instance 4g has 20.0 GB',
      });
    });

    it('gives its instance to the next, and tells the others apart from it', () => {
      const tenants = [be('train'), need(hp('chat', 40), 30e9), hp('detect', 14), be('more')];
      expect(place(tenants, instances)).toEqual(['3g', 'refused', '4g', 'refused']);
      const reasons = mig
        .place(tenants, deviceOf(54, { instances }), {})
        .map((p) => (p.kind === 'refused' ? p.reason : ''));
      expect(reasons[1]).toContain('chat needs 30.0 GB');
      expect(reasons[3]).toBe('no MIG instance is left: 4g + 3g are taken');
    });

    it('refuses a tenant alone that not even the whole device has the memory for', () => {
      expect(place([need(hp('a', 54), 30e9)], instances)).toEqual(['7g']);
      expect(place([need(hp('a', 54), 41e9)], instances)).toEqual(['refused']);
    });

    it('never places a tenant where it does not fit, and refuses none for memory that does', () => {
      const tenant = fc.record({
        name: fc.constantFrom('a', 'b'),
        class: fc.constantFrom('hp' as const, 'be' as const),
        quotaTpcs: fc.nat(27),
        memoryBytes: fc.integer({ min: 0, max: 50e9 }),
      });
      fc.assert(
        fc.property(fc.array(tenant, { minLength: 1, maxLength: 5 }), (tenants) => {
          const placements = mig.place(tenants, deviceOf(54, { instances }), {});
          const size = tenants.length === 1 ? 40e9 : 20e9;
          placements.forEach((placement, i) => {
            const fits = (tenants[i]?.memoryBytes ?? 0) <= size;
            if (placement.kind === 'placed') expect(fits).toBe(true);
            else if (placement.reason.includes('memory')) expect(fits).toBe(false);
          });
          const placed = placements.filter(({ kind }) => kind === 'placed');
          const fitting = tenants.filter(({ memoryBytes }) => memoryBytes <= size);
          expect(placed).toHaveLength(Math.min(fitting.length, tenants.length === 1 ? 1 : 2));
        }),
      );
    });
  });
});
