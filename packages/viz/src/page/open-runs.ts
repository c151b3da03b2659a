import { type OpenRun, openInWorker, RefusedRun } from '../data/open-in-worker.ts';
import type { RunSource } from '../data/sources.ts';
import { createLiveRuns } from '../run/live-runs.ts';
import type { RunPanelActions } from '../run/run-panel.ts';
import type { Alerts } from '../view/alerts.ts';
import { type PlotRun, plotRun } from '../view/plot.ts';

/** The runs of the page: those that are simulated in it, and after them those that were opened. */
export interface OpenRuns {
  shown(): readonly PlotRun[];
  /** Opens runs, at the same time; they are shown in the order in which they are asked for. */
  openAll(sources: readonly RunSource[]): Promise<void>;
  /** Closes the run of this id: what a filter made of a run has the run's. */
  close(id: string): void;
  /** What the simulations of the page report. */
  readonly simulated: Omit<RunPanelActions, 'progress' | 'error'>;
}

/** @param changed called when what is shown is another */
export function createOpenRuns(alerts: Alerts, changed: () => void): OpenRuns {
  let opened: readonly PlotRun[] = [];
  const live = createLiveRuns(changed);

  const load = async (source: RunSource): Promise<OpenRun | undefined> => {
    const progress = alerts.progress(`opening ${source.name}`);
    try {
      return await openInWorker(source, (share, what) => progress.update(share, what));
    } catch (error) {
      alerts.error(
        error instanceof RefusedRun
          ? error.refusal
          : { message: error instanceof Error ? error.message : String(error), fix: undefined },
      );
      return undefined;
    } finally {
      progress.done();
    }
  };
  const open = async (source: RunSource): Promise<void> => {
    const run = await load(source);
    if (run === undefined) return;
    opened = [...opened, plotRun(run)];
    changed();
  };

  return {
    shown: () => [...live.shown(), ...opened],
    openAll: async (sources) => {
      await Promise.all(sources.map(open));
      const place = (run: PlotRun): number => sources.indexOf(run.open.source);
      opened = [...opened].sort((a, b) => place(a) - place(b));
      changed();
    },
    close: (id) => {
      if (live.close(id)) return;
      opened.find((one) => one.id === id)?.open.close();
      opened = opened.filter((one) => one.id !== id);
      changed();
    },
    simulated: {
      begin: (policies) => {
        for (const run of opened) run.open.close();
        opened = [];
        live.begin(policies);
      },
      live: live.update,
      finished: (policy, files) =>
        void live.finish(policy, async () => {
          const run = await load({ kind: 'memory', name: policy, files });
          return run && plotRun(run);
        }),
      forget: live.forget,
    },
  };
}
