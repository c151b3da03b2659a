import { h } from './dom.ts';

/** Messages above the timeline: what went wrong, and what goes on. */
export interface Alerts {
  readonly element: HTMLElement;
  error(problem: { readonly message: string; readonly fix: string | undefined }): void;
  progress(text: string): Progress;
}

export interface Progress {
  update(share: number, what: string): void;
  done(): void;
  /** Offers to give up. */
  onCancel(cancel: () => void): void;
}

export function createAlerts(): Alerts {
  const element = h('div', { class: 'alerts' });
  return {
    element,
    error: ({ message, fix }) => {
      const alert = h(
        'div',
        { class: 'alert', role: 'alert' },
        h(
          'div',
          {},
          h('strong', {}, message),
          fix === undefined ? undefined : h('div', { class: 'fix' }, fix),
        ),
        h(
          'button',
          { class: 'close', 'aria-label': 'Dismiss this message', onclick: () => alert.remove() },
          '×',
        ),
      );
      element.append(alert);
    },
    progress: (text) => {
      const bar = h('progress', { max: 1, value: 0, 'aria-label': text });
      const words = h('span', {}, text);
      const line = h('div', { class: 'progress' }, bar, words);
      element.append(line);
      return {
        update: (share, what) => {
          bar.value = share;
          words.textContent = `${text}: ${what}`;
        },
        done: () => line.remove(),
        onCancel: (cancel) => {
          line.append(h('button', { onclick: cancel }, 'Cancel'));
        },
      };
    },
  };
}
