import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { builtFile } from '../device/built-file.ts';
import { median } from '../doctor/launch-costs.ts';

/** Device time of the short kernel that processes run in turns, ns. */
export const WORK_NS = 20_000;
/** From when both are ready until they begin, ns. */
const LEAD_NS = 50_000_000n;
/** Gaps that a frozen kernel must show for their median to count. */
const FEWEST_GAPS = 5;
/** How long both may take together, ms; on a GPU some 3 s. */
const LIMIT_MS = 60_000;

/** What one of two processes saw that had the GPU in turns. */
export interface Seen {
  /** From one short kernel's launch to the next one's, each waited for: the median, ns. */
  readonly turnNs: number;
  /** How long a kernel of 300 ms was frozen each time, ns. */
  readonly gapsNs: readonly number[];
}

/** How the GPU is shared by processes without MPS. */
export interface TimeSlices {
  /** How long a process that has work keeps the GPU, ns. */
  readonly slice_ns: number;
  /** From when a process has no more work until another one's runs, ns. */
  readonly switch_ns: number;
}

/** Why time slices could not be measured. */
export interface NoTimeSlices {
  readonly missing: string;
}

/**
 * Time slices by what two processes saw. Short kernels alternate, so a process's own turn is two
 * kernels and two switches; a frozen kernel waits for a slice and two switches.
 */
export function timeSlicesOf(seen: readonly Seen[]): TimeSlices | NoTimeSlices {
  const switchNs = Math.min(...seen.map(({ turnNs }) => turnNs)) / 2 - WORK_NS;
  const gaps = seen.flatMap(({ gapsNs }) => gapsNs);
  const sliceNs = median(gaps) - 2 * switchNs;
  if (!(switchNs > 0) || gaps.length < FEWEST_GAPS || !(sliceNs > 0)) {
    return { missing: 'two processes did not take turns: an MPS daemon shares the GPU otherwise' };
  }
  return { slice_ns: Math.round(sliceNs), switch_ns: Math.round(switchNs) };
}

/** Lets two processes run on the GPU at the same time; nothing else may use it. */
export async function measureTimeSlices(
  ordinal: number,
  limitMs = LIMIT_MS,
): Promise<TimeSlices | NoTimeSlices> {
  const children = [startChild(ordinal), startChild(ordinal)];
  const limit = setTimeout(() => {
    for (const { process: child } of children) child.kill('SIGKILL');
  }, limitMs);
  try {
    const lines = children.map(({ lines }) => lines);
    const greetings = await Promise.all(lines.map(next));
    if (greetings.some((line) => line !== 'ready')) return await failure(children);
    const begin = process.hrtime.bigint() + LEAD_NS;
    for (const { process: child } of children) child.stdin?.write(`${begin}\n`);
    const answers = await Promise.all(lines.map(next));
    if (answers.some((line) => line === undefined)) return await failure(children);
    return timeSlicesOf(answers.map((line) => JSON.parse(line as string) as Seen));
  } finally {
    clearTimeout(limit);
    for (const { process: child } of children) child.kill('SIGKILL');
  }
}

interface Child {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  /** What it said of errors, when it has failed. */
  readonly failed: Promise<string>;
}

function startChild(ordinal: number): Child {
  const child = spawn(
    process.execPath,
    [builtFile('calibrate/time-slices-child.js'), `${ordinal}`],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  // A child that ended cannot be told to begin; what it said is the reason that is given.
  child.stdin.on('error', () => undefined);
  const failed = new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, signal) => {
      // One that did what it should is not what is wrong.
      if (code !== 0) resolve(errors.trim() || `ended with ${signal ?? code}`);
    });
  });
  return { process: child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), failed };
}

const next = async (lines: AsyncIterator<string>): Promise<string | undefined> => {
  const { done, value } = await lines.next();
  return done === true ? undefined : value;
};

/** What the first process that failed said; the others are ended. */
async function failure(children: readonly Child[]): Promise<NoTimeSlices> {
  const said = await Promise.race(children.map(({ failed }) => failed));
  return { missing: `a process that was to share the GPU failed: ${said.slice(0, 200)}` };
}
