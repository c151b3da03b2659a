import type { Navigator } from './navigator.ts';

export interface KeyActions {
  readonly nav: Navigator;
  pointerTime(): number;
  search(): void;
  filter(): void;
  help(): void;
  mark(): void;
  /** Escape. */
  clear(): void;
  /** Next (1) or previous (-1) atom. */
  step(by: number): void;
  /** The atom of the next (1) or previous (-1) stream. */
  stepStream(by: number): void;
  /** The next idle stretch. */
  nextIdle(): void;
  /** Chooses the span that is shown. */
  selectShown(): void;
  /** Shows the selected span, if one is. */
  focusSelection(): void;
}

const ZOOM = 0.8;
const PAN = 0.12;

/** Keys by their place on the keyboard, so that W A S D lie together on every layout. */
export function listenKeys(actions: KeyActions): void {
  const { nav } = actions;
  document.addEventListener('keydown', (event) => {
    if (isTyping(event)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    if (event.key === 'Escape') return actions.clear();
    if (document.querySelector('dialog[open]') !== null) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.code === 'KeyZ') {
      event.preventDefault();
      nav.undo();
      return;
    }
    if (command || event.altKey) return;
    const fast = event.shiftKey ? 4 : 1;
    if (!act(event, fast)) return;
    event.preventDefault();
  });

  const act = (event: KeyboardEvent, fast: number): boolean => {
    if (event.key === '?') {
      actions.help();
      return true;
    }
    if (event.key === '/') {
      actions.search();
      return true;
    }
    if (event.key === '[' || event.key === ']') {
      actions.stepStream(event.key === ']' ? 1 : -1);
      return true;
    }
    switch (event.code) {
      case 'KeyI':
        actions.nextIdle();
        return true;
      case 'KeyR':
        actions.selectShown();
        return true;
      case 'KeyW':
        nav.zoom(ZOOM ** fast, actions.pointerTime());
        return true;
      case 'KeyS':
        nav.zoom(1 / ZOOM ** fast, actions.pointerTime());
        return true;
      case 'KeyA':
      case 'ArrowLeft':
        nav.pan(-PAN * fast);
        return true;
      case 'KeyD':
      case 'ArrowRight':
        nav.pan(PAN * fast);
        return true;
      case 'KeyF': {
        if (event.shiftKey) {
          actions.filter();
          return true;
        }
        const before = nav.span;
        actions.focusSelection();
        if (nav.span === before) nav.fit();
        return true;
      }
      case 'KeyM':
        actions.mark();
        return true;
      case 'Comma':
        actions.step(-1);
        return true;
      case 'Period':
        actions.step(1);
        return true;
      case 'Backspace':
        nav.undo();
        return true;
      default:
        return false;
    }
  };
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}
