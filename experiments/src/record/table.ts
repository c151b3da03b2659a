/** Values of a column: int64 and double as doubles (NaN for null), booleans as 0 and 1. */
export type ColumnValues = Float64Array | Int32Array | Uint8Array | readonly string[];

/** Columns of a Parquet file, or of a range of its rows. */
export class Table {
  readonly rows: number;
  private readonly columns: ReadonlyMap<string, ColumnValues>;

  constructor(rows: number, columns: ReadonlyMap<string, ColumnValues>) {
    this.rows = rows;
    this.columns = columns;
  }

  /** Names of the columns that were read. */
  names(): readonly string[] {
    return [...this.columns.keys()];
  }

  /** A column of numbers. */
  numbers(name: string): Float64Array | Int32Array | Uint8Array {
    const values = this.columns.get(name);
    if (values === undefined || !ArrayBuffer.isView(values)) {
      throw new Error(`'${name}' is not a column of numbers that was read`);
    }
    return values;
  }

  /** A column of text. */
  texts(name: string): readonly string[] {
    const values = this.columns.get(name);
    if (values === undefined || ArrayBuffer.isView(values)) {
      throw new Error(`'${name}' is not a column of text that was read`);
    }
    return values;
  }
}
