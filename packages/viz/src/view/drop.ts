import type { RunSource } from '../data/sources.ts';

interface Problem {
  readonly message: string;
  readonly fix: string | undefined;
}

/** Takes folders that are dropped on the page. */
export function onDrop(
  target: HTMLElement,
  opened: (sources: readonly RunSource[], problem?: Problem) => void,
): void {
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('dragging');
  });
  target.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) target.classList.remove('dragging');
  });
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('dragging');
    const { dataTransfer } = event;
    if (dataTransfer === null) return;
    const entries = [...dataTransfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
    const loose = [...dataTransfer.files];
    void (
      entries.length > 0
        ? filesOfEntries(entries)
        : Promise.resolve(new Map(loose.map((f) => [f.name, f] as const)))
    )
      .then((files) => {
        const sources = sourcesOf(files);
        opened(sources, sources.length === 0 ? nothingIn(files) : undefined);
      })
      .catch((error: unknown) => {
        const message = `what was dropped cannot be read (${error instanceof Error ? error.message : String(error)})`;
        opened([], { message, fix: 'drop the folder of a run' });
      });
  });
}

/** Files below the entries, by path. */
async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<Map<string, File>> {
  const files = new Map<string, File>();
  const visit = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      files.set(path, file);
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (;;) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (batch.length === 0) return;
      for (const child of batch) await visit(child, `${path}/${child.name}`);
    }
  };
  for (const entry of entries) await visit(entry, entry.name);
  return files;
}

/** One source for each folder that has any file of a run record. */
export function sourcesOf(files: ReadonlyMap<string, File>): readonly RunSource[] {
  const folders = new Map<string, Map<string, Blob>>();
  for (const [path, file] of files) {
    const at = path.lastIndexOf('/');
    const folder = at < 0 ? '' : path.slice(0, at);
    const name = path.slice(at + 1);
    if (!/^(manifest|summary)\.json$|\.parquet$/.test(name)) continue;
    let inside = folders.get(folder);
    if (inside === undefined) {
      inside = new Map();
      folders.set(folder, inside);
    }
    inside.set(name, file);
  }
  return [...folders].map(([folder, inside]) => ({
    kind: 'files',
    name: folder.split('/').at(-1) || 'dropped files',
    files: inside,
  }));
}

function nothingIn(files: ReadonlyMap<string, File>): Problem {
  const [first] = files.keys();
  const what = files.size === 1 ? `'${first}'` : `${files.size} files`;
  return {
    message:
      first === undefined
        ? 'what was dropped has no files in it'
        : `${what} dropped, and no run record in it (no manifest.json)`,
    fix: 'drop a folder that `lithos run` or `lithos compare` wrote: it holds manifest.json and Parquet files',
  };
}
