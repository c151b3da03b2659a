import type { ColumnChunk, KeyValue, PageHeader, RowGroup } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { SinkFile } from '../sink.ts';
import type { Column, Scratch } from './columns.ts';
import { Dictionary } from './dictionary.ts';
import { PageBuffer } from './page.ts';

/** `PAR1`, which begins and ends a Parquet file. */
const MAGIC = 0x31524150;

/**
 * Writes a Parquet file row group by row group from reused column buffers. The headers and the
 * footer are hyparquet-writer's; the pages are encoded here, straight from typed arrays, because its
 * general writer looks at every value several times (checks, level vectors, page sizes) and reaches
 * about a fifth of the speed. Pages are not compressed: delta and dictionary encoding leave little.
 *
 * Put a row into the columns' `values[row]`, then call `endRow()`.
 */
export class TableWriter {
  /** The row to fill next, within the present row group. */
  row = 0;
  /** Rows finished so far. */
  totalRows = 0;
  private readonly file: SinkFile;
  private readonly columns: readonly Column[];
  private readonly rowsPerGroup: number;
  private readonly metadata: KeyValue[];
  private readonly out = new ByteWriter(1 << 20);
  private readonly scratch: Scratch;
  private readonly groups: RowGroup[] = [];

  /** @param rowsPerGroup rows that the columns' buffers hold */
  constructor(
    file: SinkFile,
    columns: readonly Column[],
    rowsPerGroup: number,
    metadata: Readonly<Record<string, string>>,
  ) {
    this.file = file;
    this.columns = columns;
    this.rowsPerGroup = rowsPerGroup;
    this.metadata = Object.entries(metadata).map(([key, value]) => ({ key, value }));
    this.scratch = {
      dictionary: new Dictionary(rowsPerGroup),
      dictionaryPage: new PageBuffer(),
      page: new PageBuffer(),
    };
    this.out.appendUint32(MAGIC);
  }

  endRow(): void {
    this.row += 1;
    if (this.row === this.rowsPerGroup) this.flush();
  }

  /** Writes the last row group and the footer, without which the file cannot be read. */
  finish(): void {
    if (this.row > 0) this.flush();
    writeMetadata(this.out, {
      version: 2,
      created_by: 'lithos',
      schema: [
        { name: 'root', num_children: this.columns.length },
        ...this.columns.map(({ schema }) => schema),
      ],
      num_rows: BigInt(this.totalRows),
      row_groups: this.groups,
      key_value_metadata: this.metadata,
      metadata_length: 0,
    });
    this.out.appendUint32(MAGIC);
    this.drain();
    this.file.close();
  }

  /** Gives the file up as it is, without a footer. */
  abort(): void {
    this.file.close();
  }

  private flush(): void {
    const rows = this.row;
    const start = this.out.offset;
    const columns = this.columns.map((column) => this.writeColumn(column, rows));
    const size = BigInt(this.out.offset - start);
    this.groups.push({
      columns,
      num_rows: BigInt(rows),
      total_byte_size: size,
      total_compressed_size: size,
    });
    this.totalRows += rows;
    this.row = 0;
    this.drain();
  }

  private writeColumn(column: Column, rows: number): ColumnChunk {
    const { out, scratch } = this;
    const { page, dictionaryPage } = scratch;
    page.clear();
    dictionaryPage.clear();
    const { encoding, dictionarySize } = column.encode(rows, scratch);
    const { name, type } = column.schema;
    if (type === undefined) throw new Error(`column '${name}' has no type`);
    const start = BigInt(out.offset);
    if (dictionarySize !== undefined) {
      this.writePage(dictionaryPage, {
        type: 'DICTIONARY_PAGE',
        dictionary_page_header: { num_values: dictionarySize, encoding: 'PLAIN' },
      });
    }
    const dataStart = BigInt(out.offset);
    this.writePage(page, {
      type: 'DATA_PAGE',
      data_page_header: {
        num_values: rows,
        encoding,
        definition_level_encoding: 'RLE',
        repetition_level_encoding: 'RLE',
      },
    });
    const size = BigInt(out.offset) - start;
    return {
      file_offset: start,
      meta_data: {
        type,
        encodings: dictionarySize === undefined ? [encoding, 'RLE'] : ['PLAIN', encoding, 'RLE'],
        path_in_schema: [name],
        codec: 'UNCOMPRESSED',
        num_values: BigInt(rows),
        total_uncompressed_size: size,
        total_compressed_size: size,
        data_page_offset: dataStart,
        ...(dictionarySize !== undefined && { dictionary_page_offset: start }),
      },
    };
  }

  private writePage(
    page: PageBuffer,
    header: Omit<PageHeader, 'uncompressed_page_size' | 'compressed_page_size'>,
  ): void {
    const size = page.index;
    writePageHeader(this.out, {
      ...header,
      uncompressed_page_size: size,
      compressed_page_size: size,
    });
    this.out.appendBytes(page.getBytes());
  }

  private drain(): void {
    this.file.write(this.out.getBytes());
    this.out.index = 0;
  }
}
