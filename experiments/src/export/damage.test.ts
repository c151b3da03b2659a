import { LithosError } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySink } from '../record/sink.ts';
import { exportCsv } from './csv/export-csv.ts';
import { exportPerfetto } from './perfetto/export-perfetto.ts';
import { WHOLE_RUN } from './source.ts';
import { tracksOf } from './testing/decode.ts';
import { record, recordSpecs, sourceOf } from './testing/records.ts';

const TABLES = ['requests', 'atoms', 'counters'] as const;

/** A record with some bytes of one table overwritten. */
const damagedRecords = fc
  .tuple(
    recordSpecs,
    fc.constantFrom(...TABLES),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(255)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([spec, table, edits]) => {
    const folder = record(spec);
    const bytes = folder.files.get(`${table}.parquet`)?.slice() ?? new Uint8Array(0);
    for (const [place, value] of edits) bytes[Math.floor(place * bytes.length)] = value;
    folder.files.set(`${table}.parquet`, bytes);
    return { folder, table };
  });

/** What was written; nothing if the record was refused, which takes a coded error. */
async function written(
  write: (sink: MemorySink) => Promise<unknown>,
): Promise<Uint8Array | undefined> {
  const sink = new MemorySink();
  try {
    await write(sink);
  } catch (error) {
    expect(error).toBeInstanceOf(LithosError);
    expect(error).toMatchObject({ exitCode: 2 });
    return undefined;
  }
  return sink.files.get('t');
}

describe('a damaged record', () => {
  it('is refused, or gives a trace that is one', async () => {
    await fc.assert(
      fc.asyncProperty(damagedRecords, async ({ folder }) => {
        const bytes = await written(async (sink) => {
          const file = sink.open('t');
          await exportPerfetto(await sourceOf(folder), file);
          file.close();
        });
        if (bytes !== undefined) expect(tracksOf(bytes).length).toBeGreaterThan(60);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused, or gives CSV', async () => {
    await fc.assert(
      fc.asyncProperty(damagedRecords, async ({ folder, table }) => {
        const bytes = await written(async (sink) => {
          const file = sink.open('t');
          await exportCsv(await sourceOf(folder), table, file, WHOLE_RUN);
          file.close();
        });
        if (bytes !== undefined) expect(bytes.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});
