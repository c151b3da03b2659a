import type { PlotRun } from '../view/plot.ts';

/** Runs that are simulated in this page: those that go on, and those of them that are done. */
export interface LiveRuns {
  /** Runs of these policies begin; those of before are closed. */
  begin(policies: readonly string[]): void;
  /** A run as far as it is; a policy that is no longer awaited is left out. */
  update(policy: string, run: PlotRun): void;
  /** A run is done: what is read of its record takes the place of what was shown of it. */
  finish(policy: string, read: () => Promise<PlotRun | undefined>): Promise<void>;
  /** Those that did not end go; those that did stay. */
  forget(): void;
  /** Closes the one of this id: its policy is no longer awaited. False if none of these has it. */
  close(id: string): boolean;
  /** What there is to be seen, in the order of the policies. */
  shown(): readonly PlotRun[];
}

interface Batch {
  readonly policies: readonly string[];
  /** Policies that are awaited; `undefined` until there is something to see. */
  readonly awaited: Map<string, PlotRun | undefined>;
  readonly done: Map<string, PlotRun>;
}

const batchOf = (policies: readonly string[]): Batch => ({
  policies,
  awaited: new Map(policies.map((policy) => [policy, undefined])),
  done: new Map(),
});

/** Keeps the runs that are simulated; `changed` is called when what is shown is another. */
export function createLiveRuns(changed: () => void): LiveRuns {
  let batch = batchOf([]);
  return {
    begin: (policies) => {
      for (const run of batch.done.values()) run.open.close();
      batch = batchOf(policies);
      changed();
    },
    update: (policy, run) => {
      if (!batch.awaited.has(policy)) return;
      batch.awaited.set(policy, run);
      changed();
    },
    finish: async (policy, read) => {
      const mine = batch;
      const run = await read();
      const shown = mine.awaited.get(policy);
      // Meanwhile it may have been given up or closed, or others have begun.
      if (mine !== batch || !mine.awaited.delete(policy)) {
        run?.open.close();
        return;
      }
      if (run !== undefined) mine.done.set(policy, { ...run, id: shown?.id ?? run.id });
      changed();
    },
    forget: () => {
      batch.awaited.clear();
      changed();
    },
    close: (id) => {
      for (const part of [batch.awaited, batch.done]) {
        for (const [policy, run] of part) {
          if (run?.id !== id) continue;
          part.delete(policy);
          run.open.close();
          changed();
          return true;
        }
      }
      return false;
    },
    shown: () =>
      batch.policies.flatMap((policy) => batch.done.get(policy) ?? batch.awaited.get(policy) ?? []),
  };
}
