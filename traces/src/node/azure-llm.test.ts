import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { traceStatistics } from '../statistics.ts';
import { readAzureLlm } from './azure-llm.ts';
import { sharedData } from './shared-data.ts';

const folder = mkdtempSync(join(tmpdir(), 'lithos-azure-'));
const file = join(folder, 'trace.csv');
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const ROW = '2023-11-16 18:15:46.6805900,374,44';

function read(text: string, lenient = false) {
  writeFileSync(file, text);
  return readAzureLlm(file, { lenient });
}

describe('readAzureLlm', () => {
  it('reads CRLF rows, also the last one without a line end', async () => {
    const text = `${HEADER}\r\n${ROW}\r\n2023-11-16 18:15:50.9951690,396,109`;
    const { rows, skipped } = await read(text);
    expect([rows.length, skipped]).toEqual([2, 0]);
    expect(rows.atNs[1]).toBe(4_314_579_000);
    expect([rows.inputTokens[1], rows.outputTokens[1]]).toEqual([396, 109]);
  });

  it('reads the 2024 form: LF, a zone, a fraction or none, equal times', async () => {
    const text = `${HEADER}\n2024-05-10 00:00:00+00:00,1,2\n2024-05-10 00:00:00.009930+00:00,3,4\n2024-05-10 00:00:00.009930+00:00,5,6\n`;
    const { rows } = await read(text);
    expect(Array.from(rows.atNs.subarray(0, rows.length))).toEqual([0, 9_930_000, 9_930_000]);
  });

  it.each([
    ['an empty file', '', ':1: the file is empty'],
    ['no header', `${ROW}\n`, ':1: found'],
    ['other columns', 'time,in,out\n', "expected the header 'TIMESTAMP,"],
    ['no rows', `${HEADER}\r\n`, ':2: no row after the header'],
    ['an empty row', `${HEADER}\n${ROW}\n\n${ROW}\n`, ':3: an empty row'],
    ['two fields', `${HEADER}\n2023-11-16 18:15:46,374\n`, ':2: 2 fields'],
    ['four fields', `${HEADER}\n${ROW}\n${ROW},5\n`, ':3: 4 fields, expected three'],
    ['a cut row', `${HEADER}\n${ROW}\n2023-11-16 18:1`, ':3: 1 fields'],
    ['no time', `${HEADER}\nNaN,1,2\n`, ":2: TIMESTAMP is 'NaN'"],
    ['no prompt', `${HEADER}\n2023-11-16 18:15:46,0,2\n`, ":2: ContextTokens is '0'"],
    ['a negative count', `${HEADER}\n2023-11-16 18:15:46,1,-2\n`, ":2: GeneratedTokens is '-2'"],
    ['NaN tokens', `${HEADER}\n2023-11-16 18:15:46,NaN,2\n`, ":2: ContextTokens is 'NaN'"],
    ['fractions', `${HEADER}\n2023-11-16 18:15:46,1.5,2\n`, "is '1.5', expected a whole number"],
    ['too many', `${HEADER}\n2023-11-16 18:15:46,1,99999999999\n`, "is '99999999999'"],
    ['disorder', `${HEADER}\n${ROW}\n2023-11-16 18:15:46,1,2\n`, ':3: TIMESTAMP'],
    ['a quote', `${HEADER}\n"2023-11-16 18:15:46,1,2\n${ROW}\n`, ':2: TIMESTAMP is'],
    ['an endless row', `${HEADER}\n${ROW}\n${'9'.repeat(20_000)}\n`, ':3: '],
  ])('refuses %s, with the line', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.toMatchObject({ code: 'E_TRACE_ROW', exitCode: 2 });
  });

  it('skips and counts unsound rows when lenient', async () => {
    const later = '2023-11-16 18:15:47,5,6';
    const text = `${HEADER}\n${ROW}\n\n2023-11-16 18:15:46,1,2\n${later}\n${later},7\nnonsense\n`;
    const trace = await read(text, true);
    expect([trace.rows.length, trace.skipped]).toEqual([2, 4]);
    expect(trace.firstSkipped).toContain(':3: an empty row');
  });

  it('refuses a file without one sound row, lenient or not', async () => {
    await expect(read(`${HEADER}\nx,y,z\n`, true)).rejects.toThrow('no sound row');
  });

  it('says which file cannot be read', async () => {
    const missing = readAzureLlm(join(folder, 'missing.csv'));
    await expect(missing).rejects.toMatchObject({ code: 'E_FILE' });
    await expect(readAzureLlm(folder)).rejects.toMatchObject({ code: 'E_FILE' });
  });
});

const REAL = sharedData('traces/azure');

describe.skipIf(REAL === undefined)('the recorded Azure traces of 2023', () => {
  it.each([
    ['conv', 19_366, 3501.722, 1.094, [1.39, 3.86, 16.1], [1020, 129]],
    ['code', 8819, 3435.948, 13.15, [13.2, 71.6, 164], [1469, 13]],
  ] as const)('%s has its statistics', async (name, rows, span, cv, dispersion, medians) => {
    const trace = await readAzureLlm(`${REAL}/AzureLLMInferenceTrace_${name}.csv`);
    const statistics = traceStatistics(trace.rows);
    expect(statistics.rows).toBe(rows);
    expect(statistics.span_s).toBeCloseTo(span, 3);
    expect(statistics.interarrival_cv).toBeCloseTo(cv, 2);
    dispersion.forEach((index, i) => {
      expect((statistics.dispersion[i]?.index ?? 0) / index).toBeCloseTo(1, 2);
    });
    const median = (column: 'input_tokens' | 'output_tokens') =>
      statistics[column].percentiles.find(([percentile]) => percentile === 50)?.[1];
    expect([median('input_tokens'), median('output_tokens')]).toEqual(medians);
  });
});
