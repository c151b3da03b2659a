import { spawnSync } from 'node:child_process';
import { builtFile } from './built-file.ts';
import type { Granularity } from './open.ts';
import type { PlacementReport } from './placement.ts';

/** How long the child may take, ms: 116 contexts and launches take about 2 s. */
const LIMIT_MS = 60_000;

/** How finely launches can be confined here, and why not more finely. */
export interface SelfTest {
  readonly granularity: Granularity;
  readonly report: PlacementReport | undefined;
  readonly warnings: readonly string[];
}

/**
 * Proves by `%smid`, in a child process with a time limit, that launches run where they are told to.
 * Where single TPCs fail, groups of the default split are tried, and then launches are not confined.
 */
export function selfTest(ordinal = 0, limitMs = LIMIT_MS): SelfTest {
  const warnings: string[] = [];
  for (const granularity of ['tpc', 'cluster'] as const) {
    const tried = tryPlacement(ordinal, granularity, limitMs);
    if (typeof tried === 'string') {
      warnings.push(`${NAMES[granularity]}: ${tried}`);
      continue;
    }
    const [fault] = tried.faults;
    if (fault === undefined) return { granularity, report: tried, warnings };
    warnings.push(`${NAMES[granularity]}: ${tried.faults.length} faults, the first: ${fault}`);
  }
  return { granularity: 'none', report: undefined, warnings };
}

const NAMES = {
  tpc: 'launches cannot be confined to single TPCs',
  cluster: 'launches cannot be confined to groups of TPCs',
} as const;

/** The report, or why there is none. */
function tryPlacement(
  ordinal: number,
  granularity: Granularity,
  limitMs: number,
): PlacementReport | string {
  const child = spawnSync(
    process.execPath,
    [builtFile('device/placement-child.js'), `${ordinal}`, granularity],
    {
      encoding: 'utf8',
      timeout: limitMs,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (child.error !== undefined) {
    const { code } = child.error as NodeJS.ErrnoException;
    return code === 'ETIMEDOUT' ? `no answer within ${limitMs / 1000} s` : child.error.message;
  }
  try {
    const answer = JSON.parse(child.stdout) as
      | { report: PlacementReport }
      | { error: { code: string; message: string } };
    return 'report' in answer ? answer.report : `${answer.error.message} (${answer.error.code})`;
  } catch {
    const how = child.signal ?? `code ${child.status}`;
    return `the child ended with ${how}: ${child.stderr.trim().slice(0, 200)}`;
  }
}
