import type { TableReader } from '@lithos/experiments';

/** One row of `atoms.parquet`. */
export interface AtomDetail {
  readonly row: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly submittedNs: number;
  readonly tenant: string;
  readonly kernel: string;
  readonly stream: number;
  readonly launch: number;
  readonly request: number;
  readonly blockBegin: number;
  readonly blockEnd: number;
  readonly atom: number;
  readonly last: boolean;
  readonly tpcCount: number;
  readonly priority: number;
  readonly stolenTpcs: number;
  readonly stolenFrom: string;
  readonly sizedFrom: number;
  readonly predictedNs: number;
  /** Other atoms of the launch among the rows that were looked at, and itself, in order. */
  readonly siblings: readonly Sibling[];
  /** The launch is whole among the rows that were looked at: its last atom is there. */
  readonly siblingsComplete: boolean;
}

export interface Sibling {
  readonly row: number;
  readonly atom: number;
  readonly startNs: number;
  readonly endNs: number;
  readonly blockBegin: number;
  readonly blockEnd: number;
}

/** Reads a row, and finds the other atoms of its launch in the row groups around it. */
export async function readDetail(table: TableReader, row: number): Promise<AtomDetail> {
  const group = table.groupOf(row);
  const at = row - (table.groupStarts[group] as number);
  const number = async (name: string): Promise<number> =>
    (await table.numbers(name, group))[at] as number;
  const text = async (name: string): Promise<string> => {
    const { texts, codes } = await table.texts(name, group);
    return texts[codes[at] as number] as string;
  };
  const launch = await number('launch');
  const { siblings, complete } = await findSiblings(table, group, launch);
  return {
    row,
    startNs: await number('start_ns'),
    endNs: await number('end_ns'),
    submittedNs: await number('submitted_ns'),
    tenant: await text('tenant'),
    kernel: await text('kernel'),
    stream: await number('stream'),
    launch,
    request: await number('request'),
    blockBegin: await number('block_begin'),
    blockEnd: await number('block_end'),
    atom: await number('atom'),
    last: (await number('last')) === 1,
    tpcCount: await number('tpc_count'),
    priority: await number('priority'),
    stolenTpcs: await number('stolen_tpcs'),
    stolenFrom: await text('stolen_from'),
    sizedFrom: await number('sized_from'),
    predictedNs: await number('predicted_ns'),
    siblings,
    siblingsComplete: complete,
  };
}

async function findSiblings(
  table: TableReader,
  group: number,
  launch: number,
): Promise<{ readonly siblings: readonly Sibling[]; readonly complete: boolean }> {
  const siblings: Sibling[] = [];
  let lastSeen = false;
  for (const g of [group - 1, group, group + 1]) {
    if (g < 0 || g >= table.groups) continue;
    const launches = await table.numbers('launch', g);
    const rows: number[] = [];
    for (let i = 0; i < launches.length; i++) if (launches[i] === launch) rows.push(i);
    if (rows.length === 0) continue;
    const read = (name: string) => table.numbers(name, g);
    const [atom, start, end, begin, stop, last] = await Promise.all(
      ['atom', 'start_ns', 'end_ns', 'block_begin', 'block_end', 'last'].map(read),
    );
    for (const i of rows) {
      siblings.push({
        row: (table.groupStarts[g] as number) + i,
        atom: atom?.[i] ?? 0,
        startNs: start?.[i] ?? 0,
        endNs: end?.[i] ?? 0,
        blockBegin: begin?.[i] ?? 0,
        blockEnd: stop?.[i] ?? 0,
      });
      if (last?.[i] === 1) lastSeen = true;
    }
  }
  siblings.sort((a, b) => a.atom - b.atom);
  return { siblings, complete: lastSeen && siblings[0]?.atom === 0 };
}
