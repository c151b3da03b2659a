import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import koffi, { type LibraryHandle } from 'koffi';

/** The stand-in libraries, built. */
export interface StandIn {
  readonly cuda: string;
  readonly nvml: string;
  /** Without green contexts, as an old driver. */
  readonly old: string;
}

const SOURCES = fileURLToPath(new URL('../../stand-in/', import.meta.url));

/** Builds the stand-in libraries once for each state of their sources; `undefined` without a C compiler. */
export function buildStandIn(): StandIn | undefined {
  const compiler = ['cc', 'gcc', 'clang'].find(
    (name) => spawnSync(name, ['--version']).status === 0,
  );
  if (compiler === undefined) return undefined;
  const hash = createHash('sha256');
  for (const name of ['fault.h', 'mig.h', 'cuda.c', 'nvml.c'])
    hash.update(readFileSync(join(SOURCES, name)));
  const folder = join(tmpdir(), `lithos-stand-in-${hash.digest('hex').slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  const build = (source: string, name: string, ...flags: string[]): string => {
    const library = join(folder, name);
    if (existsSync(library)) return library;
    const own = `${library}.${process.pid}`;
    const input = join(SOURCES, source);
    execFileSync(compiler, ['-shared', '-fPIC', '-O1', ...flags, '-o', own, input, '-lpthread']);
    renameSync(own, library);
    return library;
  };
  return {
    cuda: build('cuda.c', 'libcuda-stand-in.so'),
    nvml: build('nvml.c', 'libnvml-stand-in.so'),
    old: build('cuda.c', 'libcuda-old.so', '-DNO_GREEN'),
  };
}

/** Kinds of handles of the stand-in driver. */
const KINDS = ['context', 'green', 'stream', 'memory', 'event', 'graph', 'module'] as const;

/** What a test may ask of the stand-in driver, or do to it. */
export class StandInControl {
  private readonly library: LibraryHandle;

  constructor(path: string) {
    this.library = koffi.load(path);
  }

  /** Faults from now on, as `CALL:N:RESULT,…`; see stand-in/fault.h. */
  faults(list: string): void {
    this.library.func('void standin_faults(const char *list)')(list);
  }

  /** Handles that are open. */
  handles(): number {
    return Number(this.library.func('long standin_handles()')());
  }

  /** Handles that are open, by kind, without kinds of which there are none. */
  open(): Readonly<Record<string, number>> {
    const count = this.library.func('long standin_open(const char *kind)');
    const all = KINDS.map((kind) => [kind, Number(count(kind))] as const);
    return Object.fromEntries(all.filter(([, n]) => n !== 0));
  }

  /** Times that something was given back before what is in it. */
  misplaced(): number {
    return Number(this.library.func('long standin_misplaced()')());
  }

  /** Loses the device now: each call gives this result until the faults are set anew. */
  lose(result: number): void {
    this.library.func('void standin_lose(int result)')(result);
  }

  /** Forgets what is open, as a process that ends does. */
  forget(): void {
    this.library.func('void standin_forget()')();
  }

  /** How often a call was made since the faults were set; `kernels`: how many kernels ran. */
  calls(name: string): number {
    return Number(this.library.func('long standin_calls(const char *call)')(name));
  }
}
