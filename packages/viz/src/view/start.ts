import type { RunSource } from '../data/sources.ts';
import { h } from './dom.ts';
import { folderPicker } from './folder-picker.ts';

/** What is shown while no run is open. */
export function createStart(actions: {
  openFiles(sources: readonly RunSource[]): void;
  runScenario(): void;
  openUrl(url: string): void;
}): { readonly element: HTMLElement } {
  const picker = folderPicker(actions.openFiles);
  const address = h('input', {
    type: 'url',
    name: 'url',
    placeholder: 'https://…/runs/quickstart-1/lithos-seed1/',
    'aria-label': 'Address of a run folder',
    required: true,
  });
  const element = h(
    'main',
    { class: 'start' },
    h('h2', {}, 'Who held which TPC, when, and why'),
    h(
      'p',
      {},
      'A GPU that several models share is a timetable. Look at one: simulate it right here, or open what lithos run and lithos compare wrote.',
    ),
    h(
      'div',
      { class: 'ways' },
      h(
        'button',
        { class: 'way primary', onclick: actions.runScenario },
        h('strong', {}, 'Run a scenario'),
        h(
          'span',
          {},
          'three tenants on one A100, under LithOS, MPS and others; takes seconds, in this page',
        ),
      ),
      h(
        'button',
        { class: 'way', onclick: () => picker.click() },
        h('strong', {}, 'Open a run folder'),
        h('span', {}, 'or drop one, or several, anywhere on this page'),
      ),
      picker,
    ),
    h(
      'form',
      {
        class: 'by-url',
        onsubmit: (event: Event) => {
          event.preventDefault();
          actions.openUrl(address.value);
        },
      },
      h('label', {}, 'or by address ', address),
      h('button', {}, 'Open'),
    ),
  );
  return { element };
}
