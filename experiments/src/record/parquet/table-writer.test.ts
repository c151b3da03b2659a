import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTable } from '../read-table.ts';
import { MemorySink } from '../sink.ts';
import type { Table } from '../table.ts';
import {
  BooleanColumn,
  DoubleColumn,
  Int32Column,
  Int64Column,
  NameColumn,
  OptionalInt64Column,
} from './columns.ts';
import { TableWriter } from './table-writer.ts';

interface Row {
  readonly time: number;
  readonly maybe: number | undefined;
  readonly small: number;
  readonly wide: number;
  readonly name: string;
  readonly real: number;
  readonly flag: boolean;
}

const anyInt32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const bigTime = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 52 }),
  fc.integer({ min: 0, max: 1000 }),
  fc.constantFrom(0, 2 ** 24, 2 ** 32, 2 ** 48, 2 ** 52),
);
const row: fc.Arbitrary<Row> = fc.record({
  time: bigTime,
  maybe: fc.option(bigTime, { nil: undefined }),
  small: fc.integer({ min: 0, max: 3 }),
  wide: anyInt32,
  name: fc.string({ unit: 'grapheme', maxLength: 5 }),
  real: fc.double({ noNaN: true }),
  flag: fc.boolean(),
});

/** Writes rows with row groups of `groupRows` and reads them back. */
async function roundTrip(rows: readonly Row[], groupRows: number): Promise<Table> {
  const sink = new MemorySink();
  const time = new Int64Column('time', groupRows);
  const maybe = new OptionalInt64Column('maybe', groupRows);
  const small = new Int32Column('small', groupRows);
  const wide = new Int32Column('wide', groupRows);
  const name = new NameColumn('name', groupRows);
  const real = new DoubleColumn('real', groupRows);
  const flag = new BooleanColumn('flag', groupRows);
  const columns = [time, maybe, small, wide, name, real, flag];
  const table = new TableWriter(sink.open('f'), columns, groupRows, { lithos: 'test@1' });
  for (const one of rows) {
    time.values[table.row] = one.time;
    maybe.values[table.row] = one.maybe ?? Number.NaN;
    small.values[table.row] = one.small;
    wide.values[table.row] = one.wide;
    name.values[table.row] = name.codeOf(one.name);
    real.values[table.row] = one.real;
    flag.values[table.row] = one.flag ? 1 : 0;
    table.endRow();
  }
  table.finish();
  expect(table.totalRows).toBe(rows.length);
  return readTable(sink.files.get('f') ?? new Uint8Array(0), 'f', 'test@1');
}

function expectRows(table: Table, rows: readonly Row[]): void {
  expect(table.rows).toBe(rows.length);
  const numbers = (name: string): number[] => Array.from(table.numbers(name));
  expect(numbers('time')).toEqual(rows.map(({ time }) => time));
  expect(numbers('maybe')).toEqual(rows.map(({ maybe }) => maybe ?? Number.NaN));
  expect(numbers('small')).toEqual(rows.map(({ small }) => small));
  expect(numbers('wide')).toEqual(rows.map(({ wide }) => wide));
  expect(table.texts('name')).toEqual(rows.map(({ name }) => name));
  expect(numbers('real')).toEqual(rows.map(({ real }) => real));
  expect(numbers('flag')).toEqual(rows.map(({ flag }) => (flag ? 1 : 0)));
}

describe('TableWriter', () => {
  it('is read back as it was written, whatever the row groups', async () => {
    const rows = fc.array(row, { maxLength: 600 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 300 }), async (given, groupRows) => {
        expectRows(await roundTrip(given, groupRows), given);
      }),
      { numRuns: 60 },
    );
  });

  const plain = (i: number): Row => ({
    time: i * 20_000 + ((i * 7919) % 5000),
    maybe: i % 3 === 0 ? undefined : i,
    small: 2,
    wide: Math.imul(i, 0x9e3779b1),
    name: `kernel ${i % 5000}`,
    real: i / 7,
    flag: i % 7 === 0,
  });

  it.each([127, 128, 129, 130, 256, 257, 8191, 8192, 8193, 16384, 20_000])(
    'crosses the borders of row groups and delta blocks: %i rows',
    async (count) => {
      const rows = Array.from({ length: count }, (_, i) => plain(i));
      expectRows(await roundTrip(rows, 8192), rows);
    },
  );

  it('writes a column of nothing but nulls, and a table without rows', async () => {
    const rows = [{ ...plain(1), maybe: undefined }];
    expectRows(await roundTrip(rows, 8), rows);
    expectRows(await roundTrip([], 8), []);
  });

  it('keeps times near 2^52 apart', async () => {
    const rows = [2 ** 52, 0, 2 ** 52 - 1, 1].map((time) => ({ ...plain(0), time }));
    expectRows(await roundTrip(rows, 8), rows);
  });
});
