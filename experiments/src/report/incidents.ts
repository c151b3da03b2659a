import type { RunResult } from '../results.ts';

/** So many incidents of a run are told one by one. */
const TOLD = 3;

/** What went wrong with tenants, in words. */
export function incidentSentences(runs: readonly RunResult[]): readonly string[] {
  return runs.flatMap(({ policy, seed, incidents = [] }) => {
    const where = runs.some((other) => other.policy === policy && other.seed !== seed)
      ? `Under ${policy}, seed ${seed},`
      : `Under ${policy},`;
    const told = incidents
      .slice(0, TOLD)
      .map(({ at_ms, tenant, detail }) => `${where} at ${at_ms / 1000} s, ${tenant} ${detail}.`);
    const more = incidents.length - told.length;
    return more > 0 ? [...told, `${where} ${more} more incidents are in the run's summary.`] : told;
  });
}
