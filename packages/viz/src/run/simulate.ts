import { proxy, releaseProxy, wrap } from 'comlink';
import { RefusedRun } from '../data/open-in-worker.ts';
import type { LiveReport } from './live-sink.ts';
import type { Answer, RunOrder, SimWorker } from './sim-worker.ts';

/** Runs of one scenario to be simulated in the page. */
export interface Simulation {
  readonly text: string;
  readonly fileName: string;
  readonly tenants: number;
  readonly policies: readonly string[];
  readonly parameters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  onSolo(share: number): void;
  onReport(policy: string, report: LiveReport): void;
  onDone(policy: string, files: ReadonlyMap<string, Uint8Array>): void;
}

/** Something that goes on and can be given up. */
export interface Running {
  /** Settles when all is done or given up; fails if a run is refused. */
  readonly done: Promise<'done' | 'cancelled'>;
  cancel(): void;
}

/**
 * Simulates a scenario under several policies, one worker each, after measuring what each tenant does
 * alone. To cancel is to end the workers: nothing of a run that did not end is kept.
 */
export function simulate(order: Simulation): Running {
  const cancelled = new AbortController();
  const lanes = Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2));
  const work = async (): Promise<'done' | 'cancelled'> => {
    const { text, fileName, policies, parameters } = order;
    const solo = new Array<number>(order.tenants).fill(0);
    let measured = 0;
    await inLanes(order.tenants, lanes, cancelled.signal, async (tenant) => {
      solo[tenant] = await inWorker(cancelled.signal, (remote) =>
        remote.solo(text, fileName, tenant),
      );
      measured += 1;
      order.onSolo(measured / order.tenants);
    });
    await inLanes(policies.length, lanes, cancelled.signal, async (i) => {
      const policy = policies[i] as string;
      const run: RunOrder = {
        text,
        fileName,
        policy,
        solo,
        parameters: parameters[policy] ?? {},
      };
      const report = proxy(async (live: LiveReport) => order.onReport(policy, live));
      order.onDone(policy, await inWorker(cancelled.signal, (remote) => remote.run(run, report)));
    });
    return 'done';
  };
  return {
    done: work().catch((error: unknown) => {
      if (cancelled.signal.aborted) return 'cancelled' as const;
      cancelled.abort();
      throw error;
    }),
    cancel: () => cancelled.abort(),
  };
}

/** Does `count` pieces of work, `lanes` at a time. */
async function inLanes(
  count: number,
  lanes: number,
  signal: AbortSignal,
  work: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count && !signal.aborted) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
}

type Remote = ReturnType<typeof wrap<SimWorker>>;

/** Asks a worker of its own for one thing. */
function inWorker<T>(signal: AbortSignal, ask: (remote: Remote) => Promise<Answer<T>>): Promise<T> {
  const worker = new Worker(new URL('./sim-worker.ts', import.meta.url), { type: 'module' });
  const remote = wrap<SimWorker>(worker);
  return new Promise<T>((resolve, reject) => {
    const fail = (message: string): void =>
      reject(new RefusedRun({ code: 'E_VIEW_WORKER', message, fix: undefined }));
    worker.addEventListener('error', (event) => fail(`the simulation stopped (${event.message})`));
    signal.addEventListener('abort', () => fail('cancelled'));
    if (signal.aborted) fail('cancelled');
    ask(remote).then((answer) => {
      if (answer.kind === 'done') resolve(answer.value);
      else reject(new RefusedRun(answer.refusal));
    }, reject);
  }).finally(() => {
    remote[releaseProxy]();
    worker.terminate();
  });
}
