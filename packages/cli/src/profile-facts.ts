import type { KernelProfile } from '@lithos/core';

/** What a profile is of, as `lithos profile list --json` gives it. */
export interface ProfileFacts {
  readonly id: string;
  readonly kind: 'inference' | 'training';
  readonly model: string;
  readonly batch: number;
  readonly phase: 'prefill' | 'decode' | undefined;
  readonly input_tokens: number | undefined;
  readonly context_tokens: number | undefined;
  readonly launches: number;
  /** Distinct ones. */
  readonly kernels: number;
  /** One iteration, with the device to itself. */
  readonly solo_ms: number;
  readonly mean_power_w: number;
  readonly measured_on: string;
  readonly tpc_counts: readonly number[];
}

export function profileFacts(profile: KernelProfile): ProfileFacts {
  return {
    id: profile.id,
    kind: profile.kind,
    model: profile.model,
    batch: profile.batch,
    phase: profile.phase,
    input_tokens: profile.sequenceLength,
    context_tokens: profile.contextLength,
    launches: profile.sequence.length,
    kernels: profile.kernels.length,
    solo_ms: profile.iterationNs / 1e6,
    mean_power_w: profile.meanPowerW,
    measured_on: profile.measured.device,
    tpc_counts: profile.tpcCounts,
  };
}

/** A kernel's part of an iteration on the whole device. */
export interface KernelTime {
  readonly name: string;
  readonly launches: number;
  readonly ms: number;
  /** Of the device time of all launches. */
  readonly share_pct: number;
}

/** The kernels, by name, that take most of an iteration's device time. */
export function topKernels(profile: KernelProfile, count: number): readonly KernelTime[] {
  const durations = profile.durationNs.at(-1) ?? [];
  const totalNs = durations.reduce((sum, ns) => sum + ns, 0);
  const byName = new Map<string, { launches: number; ns: number }>();
  profile.sequence.forEach((kernel, position) => {
    const name = profile.kernels[kernel]?.name ?? '';
    const entry = byName.get(name) ?? { launches: 0, ns: 0 };
    byName.set(name, {
      launches: entry.launches + 1,
      ns: entry.ns + (durations[position] ?? 0),
    });
  });
  return [...byName]
    .sort(([, a], [, b]) => b.ns - a.ns)
    .slice(0, count)
    .map(([name, { launches, ns }]) => ({
      name,
      launches,
      ms: ns / 1e6,
      share_pct: (100 * ns) / totalNs,
    }));
}
