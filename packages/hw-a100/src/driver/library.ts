import { LithosError } from '@lithos/core';
import koffi, { type LibraryHandle } from 'koffi';

/** What a native call takes: numbers, handles and addresses, buffers it reads or fills, strings. */
export type NativeArgument = number | bigint | string | NodeJS.TypedArray | null;

/** A native function; all of ours return an int, but for the few that return a string. */
export type NativeFunction = (...args: NativeArgument[]) => number;

/** A shared library with the functions that it has of those asked for. */
export interface Library {
  /** The name or path it was loaded by. */
  readonly path: string;
  /** The function of this name; a missing one is an `E_…_SYMBOL` error. */
  function(name: string): NativeFunction;
  /** The same for a function that returns a C string. */
  text(name: string): (...args: NativeArgument[]) => string | null;
  has(name: string): boolean;
  unload(): void;
}

/** How to load one library. */
export interface LibrarySpec {
  /** What error codes begin with: `E_CUDA`, `E_NVML`. */
  readonly code: string;
  readonly title: string;
  readonly path: string;
  /** Environment variable that names another file. */
  readonly variable: string;
  readonly prototypes: readonly string[];
  /** What to do when the library is not there. */
  readonly fix: string;
  /** What to do when it lacks a function. */
  readonly outdated: string;
}

const NAME = /(\w+)\(/;

/** Loads a library and binds what it has of the prototypes. */
export function openLibrary(spec: LibrarySpec): Library {
  const path = process.env[spec.variable] ?? spec.path;
  const handle = load(spec, path);
  const bound = new Map<string, unknown>();
  for (const prototype of spec.prototypes) {
    const name = NAME.exec(prototype)?.[1] ?? '';
    try {
      bound.set(name, handle.func(prototype));
    } catch (error) {
      if (!/Cannot find function/.test(String(error))) throw error;
    }
  }
  const find = (name: string): unknown => {
    const found = bound.get(name);
    if (found !== undefined) return found;
    throw new LithosError(
      `${spec.code}_SYMBOL`,
      `${spec.title} (${path}) has no function '${name}'`,
      spec.outdated,
      1,
    );
  };
  return {
    path,
    function: (name) => find(name) as NativeFunction,
    text: (name) => find(name) as (...args: NativeArgument[]) => string | null,
    has: (name) => bound.has(name),
    unload: () => handle.unload(),
  };
}

function load(spec: LibrarySpec, path: string): LibraryHandle {
  try {
    return koffi.load(path);
  } catch (error) {
    const reason = (error as Error).message.replace(/^Failed to load shared library: /, '');
    throw new LithosError(
      `${spec.code}_LIBRARY`,
      `${spec.title} cannot be loaded from '${path}': ${reason}`,
      spec.fix,
      1,
    );
  }
}
