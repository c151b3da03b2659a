import type { RunSource } from '../data/sources.ts';
import { h } from './dom.ts';
import { sourcesOf } from './drop.ts';

/** A field that nobody sees: to click it asks for a folder, and what is in it is opened. */
export function folderPicker(open: (sources: readonly RunSource[]) => void): HTMLInputElement {
  const picker = h('input', {
    type: 'file',
    webkitdirectory: true,
    multiple: true,
    hidden: true,
    onchange: () => {
      const files = [...(picker.files ?? [])];
      const byPath = files.map((file) => [file.webkitRelativePath || file.name, file] as const);
      open(sourcesOf(new Map(byPath)));
      // So that the same folder can be chosen again.
      picker.value = '';
    },
  });
  return picker;
}
