/** Has the arrow keys go from tab to tab of a list, as readers of screens expect; each shows its part. */
export function arrowsBetweenTabs(list: HTMLElement): void {
  list.addEventListener('keydown', (event) => {
    const tabs = [...list.querySelectorAll<HTMLElement>('[role=tab]')];
    const at = tabs.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const next = nextTab(event.key, at, tabs.length);
    if (next === undefined) return;
    // The timeline moves by arrow keys, too.
    event.stopPropagation();
    event.preventDefault();
    tabs[next]?.focus();
    tabs[next]?.click();
  });
}

function nextTab(key: string, at: number, count: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
