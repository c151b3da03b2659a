import type { Encoding, SchemaElement } from 'hyparquet';
import { encodeDelta } from './delta.ts';
import type { Dictionary } from './dictionary.ts';
import { packBits } from './pack-bits.ts';
import type { PageBuffer } from './page.ts';

/** What one column writes for a row group: perhaps a dictionary, and the page of its values. */
export interface EncodedColumn {
  readonly encoding: Encoding;
  /** Entries of the dictionary in `dictionaryPage`; `undefined` without one. */
  readonly dictionarySize: number | undefined;
}

/** Buffers that the columns of a table share. */
export interface Scratch {
  readonly dictionary: Dictionary;
  readonly dictionaryPage: PageBuffer;
  readonly page: PageBuffer;
}

/** A column of a table: rows are put into `values`, and encoded a row group at a time. */
export interface Column {
  readonly schema: SchemaElement;
  encode(rows: number, scratch: Scratch): EncodedColumn;
}

/** Integers from 0 to 2^52, such as times in nanoseconds. */
export class Int64Column implements Column {
  readonly schema: SchemaElement;
  readonly values: Float64Array;

  constructor(name: string, rows: number) {
    this.schema = { name, type: 'INT64', repetition_type: 'REQUIRED' };
    this.values = new Float64Array(rows);
  }

  encode(rows: number, { page }: Scratch): EncodedColumn {
    encodeDelta(this.values, rows, page);
    return { encoding: 'DELTA_BINARY_PACKED', dictionarySize: undefined };
  }
}

/** As `Int64Column`, with NaN for "no value". */
export class OptionalInt64Column implements Column {
  readonly schema: SchemaElement;
  readonly values: Float64Array;
  private readonly present: Float64Array;
  private readonly levels: Uint16Array;

  constructor(name: string, rows: number) {
    this.schema = { name, type: 'INT64', repetition_type: 'OPTIONAL' };
    this.values = new Float64Array(rows);
    this.present = new Float64Array(rows);
    this.levels = new Uint16Array(Math.ceil(rows / 8) * 8);
  }

  encode(rows: number, { page }: Scratch): EncodedColumn {
    let count = 0;
    this.levels.fill(0);
    for (let i = 0; i < rows; i++) {
      const value = this.values[i] as number;
      if (Number.isNaN(value)) continue;
      this.levels[i] = 1;
      this.present[count] = value;
      count += 1;
    }
    this.encodeLevels(rows, page);
    encodeDelta(this.present, count, page);
    return { encoding: 'DELTA_BINARY_PACKED', dictionarySize: undefined };
  }

  /** Which rows have a value: a length in bytes, then one bit-packed run. */
  private encodeLevels(rows: number, page: PageBuffer): void {
    const groups = Math.ceil(rows / 8);
    const lengthAt = page.index;
    page.appendUint32(0);
    page.appendVarInt((groups << 1) | 1);
    const bytes = page.room(groups + 1);
    page.advance(packBits(this.levels, 0, groups * 8, 1, bytes, page.index));
    page.view.setUint32(lengthAt, page.index - lengthAt - 4, true);
  }
}

/** 32-bit integers: by dictionary if few are distinct, else as they are. */
export class Int32Column implements Column {
  readonly schema: SchemaElement;
  readonly values: Int32Array<ArrayBuffer>;

  constructor(name: string, rows: number) {
    this.schema = { name, type: 'INT32', repetition_type: 'REQUIRED' };
    this.values = new Int32Array(rows);
  }

  encode(rows: number, { page, dictionary, dictionaryPage }: Scratch): EncodedColumn {
    if (!dictionary.build(this.values, rows)) {
      page.appendBytes(new Uint8Array(this.values.buffer, 0, rows * 4));
      return { encoding: 'PLAIN', dictionarySize: undefined };
    }
    dictionaryPage.appendBytes(new Uint8Array(dictionary.values.buffer, 0, dictionary.size * 4));
    dictionary.encodeIndexes(rows, page);
    return { encoding: 'RLE_DICTIONARY', dictionarySize: dictionary.size };
  }
}

/** Names: `values` holds codes that `codeOf` gives out. */
export class NameColumn implements Column {
  readonly schema: SchemaElement;
  readonly values: Int32Array<ArrayBuffer>;
  private readonly codes = new Map<string, number>();
  private readonly names: Uint8Array[] = [];

  constructor(name: string, rows: number) {
    this.schema = {
      name,
      type: 'BYTE_ARRAY',
      repetition_type: 'REQUIRED',
      converted_type: 'UTF8',
      logical_type: { type: 'STRING' },
    };
    this.values = new Int32Array(rows);
  }

  /** The code of a name; the same name has the same code. */
  codeOf(name: string): number {
    let code = this.codes.get(name);
    if (code === undefined) {
      code = this.names.length;
      this.codes.set(name, code);
      this.names.push(new TextEncoder().encode(name));
    }
    return code;
  }

  encode(rows: number, { page, dictionary, dictionaryPage }: Scratch): EncodedColumn {
    const few = dictionary.build(this.values, rows);
    const codes = few
      ? dictionary.values.subarray(0, dictionary.size)
      : this.values.subarray(0, rows);
    const target = few ? dictionaryPage : page;
    for (const code of codes) {
      const name = this.names[code] as Uint8Array;
      target.appendUint32(name.length);
      target.appendBytes(name);
    }
    if (!few) return { encoding: 'PLAIN', dictionarySize: undefined };
    dictionary.encodeIndexes(rows, page);
    return { encoding: 'RLE_DICTIONARY', dictionarySize: dictionary.size };
  }
}

/** Doubles. */
export class DoubleColumn implements Column {
  readonly schema: SchemaElement;
  readonly values: Float64Array<ArrayBuffer>;

  constructor(name: string, rows: number) {
    this.schema = { name, type: 'DOUBLE', repetition_type: 'REQUIRED' };
    this.values = new Float64Array(rows);
  }

  encode(rows: number, { page }: Scratch): EncodedColumn {
    page.appendBytes(new Uint8Array(this.values.buffer, 0, rows * 8));
    return { encoding: 'PLAIN', dictionarySize: undefined };
  }
}

/** Truth values, 0 or 1. */
export class BooleanColumn implements Column {
  readonly schema: SchemaElement;
  readonly values: Uint16Array;

  constructor(name: string, rows: number) {
    this.schema = { name, type: 'BOOLEAN', repetition_type: 'REQUIRED' };
    this.values = new Uint16Array(rows);
  }

  encode(rows: number, { page }: Scratch): EncodedColumn {
    const bytes = page.room(Math.ceil(rows / 8) + 1);
    page.advance(packBits(this.values, 0, rows, 1, bytes, page.index));
    return { encoding: 'PLAIN', dictionarySize: undefined };
  }
}
