import type { TableReader } from '@lithos/experiments';

/** What an atom is, as far as the columns of its record tell that are not read when it is opened. */
export const KINDS = {
  /** The policy predicted how long it would take. */
  predicted: 1,
  /** The prediction was off by more than `MISSED_BY_NS`, either way. */
  missed: 2,
  /** Right-sizing gave it fewer TPCs than it would have had. */
  rightSized: 4,
  /** Its launch was cut into several atoms. */
  cut: 8,
} as const;

/** A prediction that is off by more is a misprediction (LithOS, section 8.4). */
export const MISSED_BY_NS = 50_000;

/** Reads the kinds of all atoms, by row. */
export async function readKinds(table: TableReader): Promise<Uint8Array> {
  const kinds = new Uint8Array(table.rows);
  for (let g = 0; g < table.groups; g++) {
    const read = (name: string) => table.numbers(name, g);
    const start = await read('start_ns');
    const end = await read('end_ns');
    const predicted = await read('predicted_ns');
    const sizedFrom = await read('sized_from');
    const tpcs = await read('tpc_count');
    const atom = await read('atom');
    const last = await read('last');
    const first = table.groupStarts[g] as number;
    for (let i = 0; i < start.length; i++) {
      const expected = predicted[i] as number;
      const actual = (end[i] as number) - (start[i] as number);
      let kind = 0;
      if (expected > 0) kind |= KINDS.predicted;
      if (expected > 0 && Math.abs(actual - expected) > MISSED_BY_NS) kind |= KINDS.missed;
      if ((sizedFrom[i] as number) > (tpcs[i] as number)) kind |= KINDS.rightSized;
      if (atom[i] !== 0 || last[i] !== 1) kind |= KINDS.cut;
      kinds[first + i] = kind;
    }
  }
  return kinds;
}
