import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRunTable } from '../../record/read.ts';
import { MemorySink } from '../../record/sink.ts';
import type { ExportTable } from '../source.ts';
import { type ExportWindow, WHOLE_RUN } from '../source.ts';
import { type RecordSpec, record, recordSpecs, sourceOf } from '../testing/records.ts';
import { exportCsv } from './export-csv.ts';

async function csvOf(
  folder: MemorySink,
  table: ExportTable,
  window: ExportWindow = WHOLE_RUN,
): Promise<string> {
  const out = new MemorySink();
  const file = out.open('t');
  const { bytes, rows } = await exportCsv(await sourceOf(folder), table, file, window);
  file.close();
  const content = out.files.get('t');
  expect(bytes).toBe(content?.length);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
  expect(parse(text)).toHaveLength(rows + 1);
  return text;
}

/** RFC 4180, character by character. */
function parse(text: string): readonly (readonly string[])[] {
  const records: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (isQuoted) {
      if (c !== '"') field += c;
      else if (text.charAt(i + 1) === '"') field += text.charAt(++i);
      else isQuoted = false;
    } else if (c === '"' && field === '') isQuoted = true;
    else if (c === ',') {
      fields.push(field);
      field = '';
    } else if (c === '\r' && text.charAt(i + 1) === '\n') {
      records.push([...fields, field]);
      fields = [];
      field = '';
      i += 1;
    } else field += c;
  }
  expect({ fields, field, isQuoted }).toEqual({ fields: [], field: '', isQuoted: false });
  return records;
}

const TABLES = ['requests', 'atoms', 'counters'] as const;
const TEXTS = ['tenant', 'kernel', 'stolen_from'];
const BOOLEANS = ['met', 'last', 'stolen'];

describe('a CSV file', () => {
  it.each(TABLES)('has the columns and every value of %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(recordSpecs, async (spec) => {
        const folder = record(spec);
        const [header = [], ...rows] = parse(await csvOf(folder, name));
        const table = await readRunTable(folder, 'r', name);
        const names = table?.names() ?? [];
        expect(header).toEqual(name === 'atoms' ? [...names, 'tpcs'] : names);
        expect(rows).toHaveLength(table?.rows ?? -1);
        for (const [column, columnName] of names.entries()) {
          const read = rows.map((row) => row[column] ?? '?');
          if (TEXTS.includes(columnName)) {
            expect(read).toEqual(table?.texts(columnName));
            continue;
          }
          const wanted = Array.from(table?.numbers(columnName) ?? []);
          if (BOOLEANS.includes(columnName)) {
            expect(read).toEqual(wanted.map((value) => (value === 1 ? 'true' : 'false')));
          } else {
            const numbers = read.map((text) => (text === '' ? Number.NaN : Number(text)));
            // Minus zero is written as zero.
            expect(numbers).toEqual(wanted.map((value) => value + 0));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  const SPEC: RecordSpec = {
    atoms: [
      {
        tenant: 1,
        kernel: 0,
        startNs: 100,
        actualNs: 50,
        tpcs: [0, 1, 2, 40],
        isStolen: true,
        predictedNs: 0,
        sizedFrom: 54,
        priority: 0,
      },
    ],
    requests: [{ tenant: 0, arrivalNs: 5, waitNs: 5, runNs: 10, met: true }],
    samples: [{ timeNs: 7, powerW: 0.1 + 0.2, smClockMhz: 1410, tpcsBusy: 4, tpcsHeld: [0, 4] }],
  };

  it('looks like this', async () => {
    const folder = record(SPEC);
    expect(await csvOf(folder, 'atoms')).toBe(
      [
        'start_ns,end_ns,submitted_ns,tenant,stream,launch,request,kernel,block_begin,block_end,atom,last,tpcs_0,tpcs_1,tpcs_2,tpc_count,priority,stolen,stolen_tpcs,stolen_from,sized_from,predicted_ns,actual_ns,tpcs',
        '100,150,95,train,1,0,0,"gemm<float, ""TN"">",0,7,0,false,7,256,0,4,0,true,2,chat,54,0,50,"0-2,40"',
        '',
      ].join('\r\n'),
    );
    expect(await csvOf(folder, 'counters')).toBe(
      [
        'time_ns,power_w,sm_clock_mhz,tpcs_busy,tpcs_held_chat,tpcs_held_train,' +
          'launches_queued_chat,launches_queued_train,atoms_in_flight_chat,atoms_in_flight_train',
        '7,0.30000000000000004,1410,4,0,4,0,0,0,0',
        '',
      ].join('\r\n'),
    );
    expect(parse(await csvOf(folder, 'requests'))[1]).toEqual([
      'chat',
      '0',
      '5',
      '10',
      '',
      '20',
      '',
      '',
      'true',
      '0',
    ]);
  });

  it('cut to a window has what overlaps it', async () => {
    const folder = record(SPEC);
    expect(parse(await csvOf(folder, 'atoms', { fromNs: 150, toNs: 1e9 }))).toHaveLength(2);
    expect(parse(await csvOf(folder, 'atoms', { fromNs: 151, toNs: 1e9 }))).toHaveLength(1);
    expect(parse(await csvOf(folder, 'requests', { fromNs: 0, toNs: 4 }))).toHaveLength(1);
  });

  it('of a table that was not recorded is refused', async () => {
    await expect(csvOf(record(SPEC, { level: 'requests' }), 'atoms')).rejects.toThrow(
      'r: the run was made with --record requests, which leaves atoms out',
    );
  });
});
