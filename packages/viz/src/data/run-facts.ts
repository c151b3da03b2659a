import { type Manifest, parseDuration, type RunSummary } from '@lithos/experiments';
import { DEVICES } from '@lithos/sim';

/** A tenant as the scenario states it. */
export interface TenantInfo {
  readonly name: string;
  readonly class: 'hp' | 'be';
  readonly quotaTpcs: number;
  readonly llm: boolean;
  /** Objectives in ns. */
  readonly slo: {
    readonly latencyNs?: number;
    readonly ttftNs?: number;
    readonly tpotNs?: number;
  };
  /** What it runs and how requests arrive, in a few words. */
  readonly workload: string;
  readonly arrivals: string;
}

/** TPCs of each GPC of a known device. */
export function gpcsOf({ device }: Manifest): readonly number[] | undefined {
  return DEVICES.find(({ id }) => id === device.id)?.geometry.tpcsPerGpc.value;
}

export function spanOf(manifest: Manifest, summary: RunSummary | undefined): number {
  const { duration: stated } = manifest.scenario as { readonly duration?: unknown };
  if (summary !== undefined) return summary.simulated_s * 1e9;
  return duration(stated) ?? 1;
}

export function duration(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return parseDuration(text);
  } catch {
    // A warm-up of nothing is no duration.
    return undefined;
  }
}

/** Quotas are compact ranges in the tenants' order: see the allocation of the LithOS policy. */
export function ownersOf(tenants: readonly TenantInfo[], tpcs: number): Int8Array {
  const owner = new Int8Array(tpcs).fill(-1);
  let next = 0;
  tenants.forEach(({ quotaTpcs }, t) => {
    owner.fill(t, next, Math.min(tpcs, next + quotaTpcs));
    next += quotaTpcs;
  });
  return owner;
}

/** The tenants that a manifest's scenario states. */
export function tenantsOf(manifest: Manifest): readonly TenantInfo[] {
  const { tenants } = manifest.scenario as { readonly tenants?: unknown };
  const stated = Array.isArray(tenants) ? (tenants as Record<string, unknown>[]) : [];
  return manifest.tenants.map((name) => {
    const tenant = stated.find((candidate) => candidate.name === name) ?? {};
    const workload = (tenant.workload ?? {}) as Record<string, unknown>;
    const slo = (tenant.slo ?? {}) as Record<string, unknown>;
    const latencyNs = duration(slo.latency_p99);
    const ttftNs = duration(slo.ttft_p99);
    const tpotNs = duration(slo.tpot_p99);
    return {
      name,
      class: tenant.class === 'hp' ? 'hp' : 'be',
      quotaTpcs: typeof tenant.quota === 'number' ? tenant.quota : 0,
      llm: workload.model !== undefined,
      slo: {
        ...(latencyNs !== undefined && { latencyNs }),
        ...(ttftNs !== undefined && { ttftNs }),
        ...(tpotNs !== undefined && { tpotNs }),
      },
      workload: workloadName(workload),
      arrivals: describe(tenant.arrivals),
    };
  });
}

/** A model's or a profile's name, or that of the file of the tenant's own kernels. */
function workloadName({ model, profile, ptx }: Record<string, unknown>): string {
  return String(model ?? profile ?? ptx ?? '').replace(/^.*\//, '');
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, v]) => `${key} ${typeof v === 'object' ? JSON.stringify(v) : String(v)}`)
    .join(', ');
}
