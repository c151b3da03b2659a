import { createReadStream } from 'node:fs';
import { LithosError } from '@lithos/core';
import { CsvError, parse } from 'csv-parse';
import { RowsBuilder } from '../collect.ts';
import type { TraceRows } from '../trace-rows.ts';
import { parseTimestamp } from './timestamp.ts';

/** Options of `readAzureLlm`. */
export interface AzureLlmOptions {
  /** Skip and count rows that are not sound, instead of refusing the file. */
  readonly lenient?: boolean;
  /** Told the bytes read so far, now and then. */
  readonly onProgress?: (bytes: number) => void;
}

/** A trace file that was read. */
export interface AzureLlmTrace {
  readonly rows: TraceRows;
  /** Rows that were not sound; 0 unless lenient. */
  readonly skipped: number;
  /** Why the first of them was skipped. */
  readonly firstSkipped: string | undefined;
}

const HEADER = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'];
const MAX_TOKENS = 2 ** 32 - 1;

function rowError(file: string, line: number, found: string, expected: string): LithosError {
  return new LithosError(
    'E_TRACE_ROW',
    `${file}:${line}: ${found}, expected ${expected}`,
    'mend or delete the row, or read the trace leniently to skip such rows',
  );
}

/**
 * Reads a trace of the Azure LLM inference datasets 2023 and 2024 (`TIMESTAMP, ContextTokens,
 * GeneratedTokens`) row by row into columns; arrivals count from the first row's. Throws
 * `LithosError` `E_TRACE_ROW` with file, line, what is there and what should be.
 */
export async function readAzureLlm(
  file: string,
  options: AzureLlmOptions = {},
): Promise<AzureLlmTrace> {
  const reader = new RowReader(file, options.lenient === true);
  const input = createReadStream(file, { highWaterMark: 2 ** 18 });
  const parser = parse({
    bom: true,
    // No quotes and no other line ends, so that each record is one line of the file.
    quote: false,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: 4096,
  });
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const record of parser) {
      reader.add(record as readonly string[]);
      if (reader.line % 65_536 === 0) options.onProgress?.(input.bytesRead);
    }
  } catch (error) {
    throw readError(error, file, reader.line);
  } finally {
    input.destroy();
  }
  return reader.finish();
}

function readError(error: unknown, file: string, line: number): unknown {
  if (error instanceof CsvError) {
    const at = typeof error.lines === 'number' ? error.lines : line + 1;
    return rowError(file, at, error.message, 'a CSV row of three fields');
  }
  if (error instanceof Error && 'code' in error && 'syscall' in error) {
    return new LithosError(
      'E_FILE',
      `cannot read ${file}: ${error.message}`,
      'check the path and its permissions',
    );
  }
  return error;
}

/** Checks the records of one file, in order. */
class RowReader {
  /** 1-based line of the last record. */
  line = 0;
  readonly #file: string;
  readonly #lenient: boolean;
  readonly #rows = new RowsBuilder();
  #skipped = 0;
  #firstSkipped: string | undefined;
  #startS = 0;
  #startFractionNs = 0;

  constructor(file: string, lenient: boolean) {
    this.#file = file;
    this.#lenient = lenient;
  }

  add(record: readonly string[]): void {
    this.line += 1;
    if (this.line === 1) {
      if (record.length === HEADER.length && record.every((name, i) => name === HEADER[i])) return;
      throw rowError(
        this.#file,
        1,
        `found '${record.join(',')}'`,
        `the header '${HEADER.join(',')}'`,
      );
    }
    const problem = this.#take(record);
    if (problem === undefined) return;
    const error = rowError(this.#file, this.line, problem[0], problem[1]);
    if (!this.#lenient) throw error;
    this.#skipped += 1;
    this.#firstSkipped ??= error.message;
  }

  /** Takes a sound row; of another, returns what was found and what was expected. */
  #take(record: readonly string[]): readonly [found: string, expected: string] | undefined {
    if (record.length === 1 && record[0] === '') return ['an empty row', 'three fields'];
    if (record.length !== HEADER.length) return [`${record.length} fields`, 'three fields'];
    const [timestamp = '', input = '', output = ''] = record;
    const time = parseTimestamp(timestamp);
    if (time === undefined) {
      return [`TIMESTAMP is '${timestamp}'`, "a UTC time such as '2023-11-16 18:15:46.6805900'"];
    }
    for (const [name, text] of [
      ['ContextTokens', input],
      ['GeneratedTokens', output],
    ] as const) {
      if (!/^\d+$/.test(text) || Number(text) === 0 || Number(text) > MAX_TOKENS) {
        return [`${name} is '${text}'`, 'a whole number of at least 1'];
      }
    }
    const rows = this.#rows;
    if (rows.length === 0) {
      this.#startS = time.seconds;
      this.#startFractionNs = time.fractionNs;
    }
    const atNs = (time.seconds - this.#startS) * 1e9 + (time.fractionNs - this.#startFractionNs);
    if (rows.length > 0 && atNs < (rows.atNs[rows.length - 1] as number)) {
      return [`TIMESTAMP '${timestamp}' is before that of the row above`, 'rows in order of time'];
    }
    if (!Number.isSafeInteger(atNs)) {
      return [`TIMESTAMP '${timestamp}' is over 104 days after the first`, 'a shorter trace'];
    }
    rows.push(atNs, Number(input), Number(output));
    return undefined;
  }

  finish(): AzureLlmTrace {
    if (this.line === 0) {
      throw rowError(this.#file, 1, 'the file is empty', `the header '${HEADER.join(',')}'`);
    }
    if (this.#rows.length === 0) {
      const found = this.#firstSkipped === undefined ? 'no row after the header' : 'no sound row';
      throw rowError(this.#file, this.line + 1, found, 'at least one row');
    }
    return { rows: this.#rows, skipped: this.#skipped, firstSkipped: this.#firstSkipped };
  }
}
