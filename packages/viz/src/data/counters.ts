import { type ByteSource, openTable, TABLES } from '@lithos/experiments';

/** Readings at regular moments, by column name; what a device could not tell is not there. */
export interface Counters {
  readonly time: Float64Array;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** Reads `counters.parquet`. */
export async function readCounters(source: ByteSource, where: string): Promise<Counters> {
  const table = await openTable(source, `${where}/counters.parquet`, TABLES.counters);
  const columns = new Map<string, Float64Array>();
  for (const { name } of table.columns) {
    const all = new Float64Array(table.rows);
    for (let g = 0; g < table.groups; g++) {
      all.set(await table.numbers(name, g), table.groupStarts[g] as number);
    }
    if (all.length === 0 || !all.every(Number.isNaN)) columns.set(name, all);
  }
  const time = columns.get('time_ns') ?? new Float64Array(0);
  columns.delete('time_ns');
  return { time, columns };
}
