import { LithosError } from '@lithos/core';
import type { TableReader } from '@lithos/experiments';
import { expose, transfer } from 'comlink';
import { readKinds } from '../data/atom-kinds.ts';
import { type AtomDetail, readDetail } from '../data/detail.ts';
import { openRun, type RunData } from '../data/run-data.ts';
import { folderOf, type RunSource } from '../data/sources.ts';
import { buffersOf } from '../data/transfer.ts';

/** What went wrong, in a form that survives the way between threads. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly fix: string | undefined;
}

export type Opened =
  | { readonly kind: 'run'; readonly data: RunData }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

let table: TableReader | undefined;

const api = {
  /** Opens the one run of this worker. */
  async open(
    source: RunSource,
    onProgress: (share: number, what: string) => void,
  ): Promise<Opened> {
    try {
      const opened = await openRun(await folderOf(source), onProgress);
      table = opened.table;
      return transfer({ kind: 'run', data: opened.data }, buffersOf(opened.data));
    } catch (error) {
      return { kind: 'refused', refusal: refusalOf(error) };
    }
  },

  /** What all atoms are. */
  async kinds(): Promise<Uint8Array | undefined> {
    if (table === undefined) return undefined;
    const kinds = await readKinds(table);
    return transfer(kinds, [kinds.buffer as ArrayBuffer]);
  },

  /** All columns of an atom. */
  async detail(row: number): Promise<AtomDetail | undefined> {
    return table === undefined ? undefined : readDetail(table, row);
  },
};

export type DataWorker = typeof api;

function refusalOf(error: unknown): Refusal {
  if (error instanceof LithosError) {
    return { code: error.code, message: error.message, fix: error.fix };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'E_VIEW', message, fix: undefined };
}

expose(api);
