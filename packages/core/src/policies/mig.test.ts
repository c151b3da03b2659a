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
});
