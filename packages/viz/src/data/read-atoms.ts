import { LithosError } from '@lithos/core';
import { type ByteSource, openTable, TABLES, type TableReader } from '@lithos/experiments';
import type { AtomColumns } from './atoms.ts';

/** Atoms that a page can hold: some 60 bytes each, while it opens. */
export const MAX_ATOMS = 40e6;

/** Opens `atoms.parquet`, and refuses what no page can hold. */
export async function openAtoms(source: ByteSource, where: string): Promise<TableReader> {
  const name = `${where}/atoms.parquet`;
  const table = await openTable(source, name, TABLES.atoms);
  if (table.rows > MAX_ATOMS) {
    throw new LithosError(
      'E_VIEW_SIZE',
      `${name}: ${table.rows.toLocaleString('en-US')} atoms are more than a page can hold (${MAX_ATOMS.toLocaleString('en-US')})`,
      'record a shorter run with `--duration`, or leave atoms out with `--record requests`',
    );
  }
  return table;
}

/**
 * Reads the columns that the timeline is drawn from.
 * @param onProgress told the share that is read
 */
export async function readAtoms(
  table: TableReader,
  where: string,
  tenants: readonly string[],
  onProgress?: (share: number) => void,
): Promise<AtomColumns> {
  const { rows } = table;
  const kernels: string[] = [];
  const kernelIds = new Map<string, number>();
  const columns = {
    count: rows,
    start: new Float64Array(rows),
    end: new Float64Array(rows),
    submitted: new Float64Array(rows),
    tenant: new Uint8Array(rows),
    stream: new Int32Array(rows),
    kernel: new Uint16Array(rows),
    request: new Float64Array(rows),
    stolen: new Int32Array(rows),
    words: [new Int32Array(rows), new Int32Array(rows), new Int32Array(rows)] as const,
    kernels,
  };
  const numbers: readonly [string, Float64Array | Int32Array][] = [
    ['start_ns', columns.start],
    ['end_ns', columns.end],
    ['submitted_ns', columns.submitted],
    ['stream', columns.stream],
    ['request', columns.request],
    ['stolen_tpcs', columns.stolen],
    ['tpcs_0', columns.words[0]],
    ['tpcs_1', columns.words[1]],
    ['tpcs_2', columns.words[2]],
  ];
  for (let g = 0; g < table.groups; g++) {
    const at = table.groupStarts[g] as number;
    for (const [name, target] of numbers) target.set(await table.numbers(name, g), at);
    const tenant = await table.texts('tenant', g);
    const tenantIds = tenant.texts.map((name) => tenants.indexOf(name));
    if (tenantIds.includes(-1)) throw unsound(where, 'names a tenant that the manifest does not');
    spread(tenant.codes, tenantIds, columns.tenant, at);
    const kernel = await table.texts('kernel', g);
    const ids = kernel.texts.map((name) => idOf(name, kernels, kernelIds));
    spread(kernel.codes, ids, columns.kernel, at);
    onProgress?.((g + 1) / table.groups);
  }
  if (kernels.length > 65_536) throw unsound(where, 'has more kernels than can be told apart');
  check(columns, where);
  return columns;
}

/** Writes the id of each code. */
function spread(
  codes: Int32Array,
  ids: readonly number[],
  target: Uint8Array | Uint16Array,
  at: number,
): void {
  for (let i = 0; i < codes.length; i++) target[at + i] = ids[codes[i] as number] as number;
}

function idOf(name: string, names: string[], ids: Map<string, number>): number {
  let id = ids.get(name);
  if (id === undefined) {
    id = names.length;
    names.push(name);
    ids.set(name, id);
  }
  return id;
}

/** Refuses times that cannot be, so that nothing wrong is drawn. */
function check({ count, start, end, words }: AtomColumns, where: string): void {
  const [w0, w1, w2] = words;
  for (let row = 0; row < count; row++) {
    const from = start[row] as number;
    if (!(from >= 0 && (end[row] as number) >= from)) {
      throw unsound(where, `has an atom that ends before it starts (row ${row})`);
    }
    if (((w0[row] as number) | (w1[row] as number) | (w2[row] as number)) === 0) {
      throw unsound(where, `has an atom without TPCs (row ${row})`);
    }
  }
}

function unsound(where: string, what: string): LithosError {
  return new LithosError(
    'E_RECORD_DAMAGED',
    `${where}/atoms.parquet ${what}`,
    'repeat the run, or copy its folder again',
  );
}
