import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { DoubleColumn } from './parquet/columns.ts';
import { TableWriter } from './parquet/table-writer.ts';
import { readRun, readRunTable } from './read.ts';
import { MemorySink } from './sink.ts';

/** What a reader says of a folder with one such file, as `CODE message`. */
async function refusal(path: string, content: Uint8Array | string): Promise<string> {
  const sink = new MemorySink();
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  sink.files.set(path, bytes);
  try {
    if (path === 'manifest.json') await readRun(sink, 'r');
    else await readRunTable(sink, 'r', 'atoms', ['x']);
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.code} ${error.message}`;
  }
  return 'accepted';
}

function table(schema: string, columnName = 'x'): Uint8Array {
  const sink = new MemorySink();
  const column = new DoubleColumn(columnName, 64);
  const writer = new TableWriter(sink.open('t'), [column], 64, { lithos: schema });
  for (let i = 0; i < 100; i++) {
    column.values[writer.row] = i;
    writer.endRow();
  }
  writer.finish();
  return sink.files.get('t') ?? new Uint8Array(0);
}

describe('a foreign or damaged record is refused', () => {
  it('without a manifest', async () => {
    await expect(readRun(new MemorySink(), 'r')).rejects.toThrow(
      'r: no run record here (no manifest.json)',
    );
  });

  it.each([
    ['{', 'E_RECORD_DAMAGED r/manifest.json: not JSON'],
    ['', 'E_RECORD_DAMAGED r/manifest.json: not JSON'],
    ['null', "E_RECORD_FOREIGN r/manifest.json: not a 'lithos/run@1' file"],
    ['{}', "E_RECORD_FOREIGN r/manifest.json: not a 'lithos/run@1' file"],
    [
      '{"schema":"lithos/sweep@1"}',
      "E_RECORD_FOREIGN r/manifest.json: not a 'lithos/run@1' file, but 'lithos/sweep@1'",
    ],
    [
      '{"schema":"lithos/run@2"}',
      "E_RECORD_VERSION r/manifest.json: written as 'lithos/run@2', which is newer than the 'lithos/run@1' that is read here",
    ],
  ])('manifest %j', async (text, expected) => {
    expect(await refusal('manifest.json', text)).toBe(expected);
  });

  it('a file that is no Parquet, or is none of ours', async () => {
    const name = 'atoms.parquet';
    const foreign = "E_RECORD_FOREIGN r/atoms.parquet: not a 'lithos/atoms@1' file";
    expect(await refusal(name, 'a,b\n1,2\n')).toBe(foreign);
    expect(await refusal(name, '')).toBe(foreign);
    expect(await refusal(name, table('lithos/requests@1'))).toBe(
      `${foreign}, but 'lithos/requests@1'`,
    );
    expect(await refusal(name, table('lithos/atoms@10'))).toBe(
      "E_RECORD_VERSION r/atoms.parquet: written as 'lithos/atoms@10', which is newer than the 'lithos/atoms@1' that is read here",
    );
    expect(await refusal(name, table('lithos/atoms@1', 'y'))).toBe(
      "E_RECORD_FOREIGN r/atoms.parquet: no column 'x'",
    );
    expect(await refusal(name, table('lithos/atoms@1'))).toBe('accepted');
  });

  it('a file cut off at any byte', async () => {
    const whole = table('lithos/atoms@1');
    for (let length = 4; length < whole.length; length += 37) {
      expect(await refusal('atoms.parquet', whole.subarray(0, length))).toMatch(
        /^E_RECORD_TRUNCATED r\/atoms.parquet: the file was cut off/,
      );
    }
  });

  it('a file with a footer that makes no sense', async () => {
    const whole = table('lithos/atoms@1');
    const wild = whole.slice();
    wild.set([255, 255, 255, 127], whole.length - 8);
    expect(await refusal('atoms.parquet', wild)).toMatch(/^E_RECORD_DAMAGED r\/atoms.parquet/);
    const blank = whole.slice();
    blank.fill(0xff, whole.length - 60, whole.length - 8);
    expect(await refusal('atoms.parquet', blank)).toMatch(/^E_RECORD_(DAMAGED|FOREIGN) /);
  });
});

it('gives nothing for a table that was not recorded', async () => {
  expect(await readRunTable(new MemorySink(), 'r', 'atoms')).toBeUndefined();
});
