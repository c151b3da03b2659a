import { findPolicy, LithosError, POLICIES } from '@lithos/core';
import { parseScenario, type Scenario } from '@lithos/experiments';
import { RefusedRun } from '../data/open-in-worker.ts';
import { h } from '../view/dom.ts';
import type { PlotRun } from '../view/plot.ts';
import { update } from '../view/update.ts';
import type { Refusal } from '../worker/data-worker.ts';
import { bundledScenarios, contextFor } from './bundled.ts';
import { createLiveRun, type LiveRun } from './live-run.ts';
import { pageInputs } from './page-inputs.ts';
import { type Running, simulate } from './simulate.ts';

export interface RunPanelActions {
  /** Runs of these policies begin; what was open goes. */
  begin(policies: readonly string[]): void;
  progress(text: string): {
    update(share: number, what: string): void;
    done(): void;
    onCancel(cancel: () => void): void;
  };
  /** A run as far as it is. */
  live(policy: string, run: PlotRun): void;
  /** A run that is done: the files of its record. */
  finished(policy: string, files: ReadonlyMap<string, Uint8Array>): void;
  /** Runs that did not end are to be forgotten. */
  forget(): void;
  error(refusal: Refusal): void;
}

export interface RunPanel {
  readonly element: HTMLDialogElement;
  show(): void;
  /** True if it was open. */
  hide(): boolean;
}

/** How long the parser waits for the next key, ms. */
const PAUSE_MS = 250;
/** Policies that are ticked at first. */
const FIRST = ['lithos', 'mps'];

/** The dialog in which a scenario is chosen, edited and run. */
export function createRunPanel(actions: RunPanelActions): RunPanel {
  // What the text says; `undefined` while it is not yet checked or is refused.
  let scenario: Scenario | undefined;
  let running: Running | undefined;
  let fileName = 'quickstart.yaml';
  const chosen = new Set(FIRST);
  const settings = new Map<string, Record<string, number>>();

  const problem = h('div', { class: 'problem', role: 'alert', id: 'scenario-problem' });
  const text = h('textarea', {
    spellcheck: false,
    rows: 20,
    'aria-label': 'Scenario',
    'aria-describedby': 'scenario-problem',
  });
  const lines = h('pre', { class: 'line-numbers', 'aria-hidden': 'true' });
  const policies = h('div', { class: 'policies' });
  const begin = h('button', { class: 'primary', type: 'button', onclick: () => start() }, 'Run');
  const picker = h(
    'select',
    { 'aria-label': 'Scenario to begin with', onchange: () => choose(picker.value) },
    ...bundledScenarios.map(({ name, summary }) =>
      h('option', { value: name, title: summary }, `${name}: ${summary}`),
    ),
  );
  const element = h(
    'dialog',
    { class: 'run', 'aria-label': 'Run a scenario in this page' },
    h('h2', {}, 'Run a scenario in this page'),
    picker,
    h(
      'div',
      { class: 'run-columns' },
      h('div', { class: 'editor' }, h('div', { class: 'editor-text' }, lines, text), problem),
      h('div', { class: 'run-side' }, h('h3', {}, 'Policies'), policies),
    ),
    h(
      'div',
      { class: 'run-buttons' },
      h('small', {}, 'Same scenario and seed: the same summary as from the command, to the byte.'),
      h('button', { type: 'button', onclick: () => element.close() }, 'Close'),
      begin,
    ),
  );

  const choose = (name: string): void => {
    fileName = `${name}.yaml`;
    text.value = bundledScenarios.find((one) => one.name === name)?.text ?? '';
    take(undefined);
    void check();
  };

  const take = (checked: Scenario | undefined): void => {
    scenario = checked;
    allow();
  };
  const allow = (): void => {
    begin.disabled = scenario === undefined || chosen.size === 0;
  };

  const check = async (): Promise<void> => {
    const source = text.value;
    try {
      const parsed = parseScenario(source, fileName, await contextFor(source));
      await pageInputs(parsed);
      if (source !== text.value) return;
      update(problem);
      showLines();
      take(parsed);
    } catch (error) {
      if (source === text.value) showProblem(error);
    }
  };
  const showProblem = (error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/:(\d+):\d+:/.exec(message)?.[1] ?? 0);
    const fix = error instanceof LithosError ? error.fix : undefined;
    update(
      problem,
      h('strong', {}, message),
      fix === undefined ? undefined : h('div', {}, fix),
      line > 0 &&
        h(
          'button',
          { type: 'button', class: 'jump', onclick: () => goToLine(line) },
          `Go to line ${line}`,
        ),
    );
    showLines(line);
  };
  const goToLine = (line: number): void => {
    const before = text.value.split('\n').slice(0, line - 1);
    const from = before.reduce((sum, one) => sum + one.length + 1, 0);
    text.focus();
    text.setSelectionRange(from, from + (text.value.split('\n')[line - 1] ?? '').length);
  };
  const showLines = (bad = 0): void => {
    const count = text.value.split('\n').length;
    update(
      lines,
      ...Array.from({ length: count }, (_, i) =>
        h('span', { class: i + 1 === bad ? 'bad' : '' }, `${i + 1}\n`),
      ),
    );
  };
  let pause: ReturnType<typeof setTimeout> | undefined;
  text.addEventListener('input', () => {
    take(undefined);
    clearTimeout(pause);
    pause = setTimeout(() => void check(), PAUSE_MS);
  });
  text.addEventListener('scroll', () => {
    lines.scrollTop = text.scrollTop;
  });

  for (const policy of POLICIES) {
    const box = h('input', { type: 'checkbox', value: policy.name });
    box.checked = chosen.has(policy.name);
    box.addEventListener('change', () => {
      if (box.checked) chosen.add(policy.name);
      else chosen.delete(policy.name);
      allow();
    });
    policies.append(
      h(
        'div',
        { class: 'policy' },
        h('label', { title: policy.description }, box, policy.name),
        parameterFields(policy.name, settings),
      ),
    );
  }

  const start = (): void => {
    if (scenario === undefined) return;
    const now = scenario;
    const order = POLICIES.map(({ name }) => name).filter((name) => chosen.has(name));
    const live = new Map<string, LiveRun>();
    try {
      for (const name of order) live.set(name, createLiveRun(now, name, settings.get(name)));
    } catch (error) {
      // A parameter that the policy does not allow.
      showProblem(error);
      return;
    }
    running?.cancel();
    const shares = new Map<string, number>();
    element.close();
    actions.begin(order);
    const progress = actions.progress(`simulating ${now.name}`);
    const job = simulate({
      text: text.value,
      fileName,
      tenants: now.tenants.length,
      policies: order,
      parameters: Object.fromEntries(settings),
      onSolo: (share) => progress.update(0.25 * share, 'each tenant alone'),
      onReport: (policy, report) => {
        if (running !== job) return;
        shares.set(policy, report.share);
        const sum = [...shares.values()].reduce((a, b) => a + b, 0);
        progress.update(0.25 + (0.75 * sum) / order.length, [...shares.keys()].join(', '));
        const shown = live.get(policy)?.update(report);
        if (shown !== undefined) actions.live(policy, shown);
      },
      onDone: (policy, files) => {
        shares.set(policy, 1);
        if (running === job) actions.finished(policy, files);
      },
    });
    running = job;
    // Reports may be under way still: none counts from here on. True if it was this one that ran.
    const end = (): boolean => {
      if (running !== job) return false;
      running = undefined;
      return true;
    };
    progress.onCancel(() => {
      job.cancel();
      if (end()) actions.forget();
    });
    job.done
      .then(() => end())
      .catch((error: unknown) => {
        if (end()) actions.forget();
        actions.error(
          error instanceof RefusedRun
            ? error.refusal
            : { code: 'E_RUN', message: String(error), fix: undefined },
        );
      })
      .finally(() => progress.done());
  };

  return {
    element,
    show: () => {
      if (text.value === '') choose('quickstart');
      element.showModal();
    },
    hide: () => {
      const was = element.open;
      element.close();
      return was;
    },
  };
}

/** Fields for a policy's parameters, folded away. */
function parameterFields(
  name: string,
  settings: Map<string, Record<string, number>>,
): HTMLElement | undefined {
  const parameters = Object.entries(findPolicy(name).parameters);
  if (parameters.length === 0) return undefined;
  return h(
    'details',
    {},
    h('summary', {}, 'parameters'),
    ...parameters.map(([key, { default: value, min, max, unit, description }]) => {
      const field = h('input', {
        type: 'number',
        value,
        min,
        max: Number.isFinite(max) ? max : undefined,
        step: unit === 'share' || unit === 'factor' ? 'any' : 1,
        'aria-label': `${name}: ${key}`,
      });
      field.addEventListener('change', () => {
        const own = settings.get(name) ?? {};
        if (field.value === '' || Number(field.value) === value) delete own[key];
        else own[key] = Number(field.value);
        settings.set(name, own);
      });
      return h('label', { title: description }, h('span', {}, `${key}, ${unit}`), field);
    }),
  );
}
