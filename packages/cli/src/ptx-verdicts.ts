import type { KernelSplitting, PtxLaunch } from '@lithos/core';
import type { Scenario } from '@lithos/experiments';

/** What a kernel needs whose blocks wait for one another. */
const ROOM = ' (give the tenant a quota that holds all of its blocks at once)';

/** How a kernel runs, in words. */
export function splittingText(splitting: KernelSplitting): string {
  switch (splitting.kind) {
    case 'splittable':
      return 'in atoms, cut anywhere';
    case 'cluster-multiple':
      return `in atoms, cut at multiples of ${splitting.clusterBlocks} blocks, its clusters`;
    case 'whole':
      return `whole: ${splitting.reasons.join('; ')}${splitting.waits ? ROOM : ''}`;
  }
}

/** What is to be known of a scenario's own kernels before it runs: how each of them may be cut. */
export function ptxVerdicts(scenario: Scenario): readonly string[] {
  return scenario.tenants.flatMap(({ name, workload }) => {
    if (workload.kind !== 'ptx') return [];
    const kernels = new Map<string, Set<string>>();
    for (const launch of workload.work.launches) {
      const verdict = verdictOf(launch);
      if (verdict === undefined) continue;
      const known = kernels.get(verdict) ?? new Set();
      kernels.set(verdict, known.add(launch.kernel));
    }
    return [...kernels].map(([verdict, names]) => {
      const run = names.size === 1 ? 'runs' : 'run';
      return `${name}: ${[...names].join(', ')} ${run} ${verdict}`;
    });
  });
}

function verdictOf({ whole, module }: PtxLaunch): string | undefined {
  if (module === undefined) return undefined;
  if (!whole || module.splitting.kind === 'whole') return splittingText(module.splitting);
  return 'whole: the scenario says so';
}
