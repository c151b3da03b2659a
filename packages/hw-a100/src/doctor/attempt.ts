import { LithosError } from '@lithos/core';
import type { Finding } from './report.ts';

/** Looks at something; where that fails, the failure is what was found. */
export function attempt<T>(
  findings: Finding[],
  id: string,
  look: () => T,
  state: Finding['state'] = 'fail',
): T | undefined {
  try {
    return look();
  } catch (error) {
    findings.push(failure(id, error, state));
    return undefined;
  }
}

/** What was found where looking failed. */
export function failure(id: string, error: unknown, state: Finding['state']): Finding {
  const text = error instanceof Error ? error.message : String(error);
  if (!(error instanceof LithosError)) return { id, state, text };
  const said = `${text} (${error.code})`;
  return error.fix === undefined
    ? { id, state, text: said }
    : { id, state, text: said, fix: error.fix };
}
