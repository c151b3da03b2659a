import { h } from './dom.ts';
import { type Finding, findings } from './findings.ts';
import type { PlotRun } from './plot.ts';
import type { Selection } from './selection.ts';
import { type Theme, tenantColour } from './theme.ts';
import { update } from './update.ts';

/** What stands before a finding, by whether it is good. */
const MARKS: Readonly<Record<string, string>> = { true: '✓', false: '✕', undefined: '·' };

/** The row of findings above the timeline; each leads to the request that waited longest. */
export function createFindingsStrip(
  goTo: (selection: Selection, from: number, to: number) => void,
): {
  readonly element: HTMLElement;
  update(runs: readonly PlotRun[], theme: Theme): void;
} {
  const element = h('div', { class: 'findings' });
  const button = (finding: Finding, run: PlotRun, theme: Theme): HTMLElement => {
    const { good, worst, tenant, text, from, to } = finding;
    return h(
      'button',
      {
        class: good === false ? 'finding bad' : 'finding',
        'data-key': `${run.id} ${tenant}`,
        style: `border-left-color:${tenantColour(theme, tenant)}`,
        title: worst === undefined ? '' : 'Show the request that waited longest',
        onclick: () => {
          if (worst !== undefined) goTo({ kind: 'request', run: run.open, index: worst }, from, to);
        },
      },
      `${MARKS[String(good)]} ${text}`,
    );
  };
  return {
    element,
    update: (runs, theme) => {
      element.hidden = runs.length === 0;
      const found = findings(runs);
      update(
        element,
        found.map((finding) => button(finding, runs[finding.run] as PlotRun, theme)),
      );
    },
  };
}
