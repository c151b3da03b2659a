import type { OpenRun } from '../data/open-in-worker.ts';
import type { RunData } from '../data/run-data.ts';

type Named = Pick<RunData, 'name' | 'manifest'>;

/**
 * Names of runs: the policy, with what sets apart those of one policy: the seed, parameters that
 * differ, and their folders where nothing else does.
 */
export function runNames(runs: readonly Named[]): readonly string[] {
  return runs.map((run) => {
    const { policy, seed, parameters } = run.manifest;
    const others = runs.filter((one) => one !== run && one.manifest.policy === policy);
    if (others.length === 0) return policy;
    const parts: string[] = [];
    if (others.some(({ manifest }) => manifest.seed !== seed)) parts.push(`seed ${seed}`);
    for (const [key, value] of Object.entries(parameters)) {
      if (others.some(({ manifest }) => manifest.parameters[key] !== value))
        parts.push(`${key} ${value}`);
    }
    const rest = others.filter(({ manifest }) => sameRun(manifest, run.manifest));
    if (rest.length > 0) {
      const isTwin = rest.some(({ name }) => name === run.name);
      parts.push(isTwin ? `${run.name}, no. ${runs.indexOf(run) + 1}` : run.name);
    }
    return `${policy} (${parts.join(', ')})`;
  });
}

function sameRun(a: RunData['manifest'], b: RunData['manifest']): boolean {
  const keys = new Set([...Object.keys(a.parameters), ...Object.keys(b.parameters)]);
  return a.seed === b.seed && [...keys].every((key) => a.parameters[key] === b.parameters[key]);
}

/** The name of one of the open runs. */
export function nameOfRun(run: OpenRun, runs: readonly { readonly open: OpenRun }[]): string {
  const names = runNames(runs.map(({ open }) => open.data));
  return names[runs.findIndex(({ open }) => open === run)] ?? run.data.manifest.policy;
}

/** Names of the tenants of all runs, each once, in the order in which they are met. */
export function tenantNames(runs: readonly Pick<RunData, 'tenants'>[]): readonly string[] {
  return [...new Set(runs.flatMap(({ tenants }) => tenants.map(({ name }) => name)))];
}
