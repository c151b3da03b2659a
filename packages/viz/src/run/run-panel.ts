import type { OpenRun } from '../data/open-in-worker.ts';
import type { RunSource } from '../data/sources.ts';
import { h } from '../view/dom.ts';
import type { Theme } from '../view/theme.ts';

export function createRunPanel(_actions: {
  open(source: RunSource): Promise<OpenRun | undefined>;
  replaceAll(): void;
  theme(): Theme;
}): { readonly element: HTMLElement; show(): void; hide(): boolean } {
  const element = h('dialog', { class: 'run' });
  return { element, show: () => element.showModal(), hide: () => false };
}
