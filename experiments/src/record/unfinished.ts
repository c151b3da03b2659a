import type { UnfinishedRequest } from '../metrics/objectives.ts';
import { BooleanColumn, Int64Column, NameColumn, OptionalInt64Column } from './parquet/columns.ts';
import { TableWriter } from './parquet/table-writer.ts';
import type { SinkFile } from './sink.ts';

const GROUP_ROWS = 8192;

/**
 * `unfinished.parquet`: one row per request that had arrived and was not complete when the run ended.
 *
 * | column | meaning |
 * | --- | --- |
 * | `tenant` | name |
 * | `arrival_ns` | arrival |
 * | `first_token_ns` | LLM tenants: the first token was there; null before that, and for others |
 * | `late` | past an objective already |
 */
export class UnfinishedTable {
  readonly table: TableWriter;
  private readonly tenant = new NameColumn('tenant', GROUP_ROWS);
  private readonly arrivalNs = new Int64Column('arrival_ns', GROUP_ROWS);
  private readonly firstTokenNs = new OptionalInt64Column('first_token_ns', GROUP_ROWS);
  private readonly late = new BooleanColumn('late', GROUP_ROWS);
  private readonly tenantCodes: readonly number[];

  constructor(file: SinkFile, tenants: readonly string[]) {
    this.tenantCodes = tenants.map((name) => this.tenant.codeOf(name));
    this.table = new TableWriter(
      file,
      [this.tenant, this.arrivalNs, this.firstTokenNs, this.late],
      GROUP_ROWS,
      { lithos: 'lithos/unfinished@1' },
    );
  }

  add(tenant: number, request: UnfinishedRequest, late: boolean): void {
    const row = this.table.row;
    this.tenant.values[row] = this.tenantCodes[tenant] as number;
    this.arrivalNs.values[row] = request.arrivalNs;
    this.firstTokenNs.values[row] = request.firstTokenNs ?? Number.NaN;
    this.late.values[row] = late ? 1 : 0;
    this.table.endRow();
  }
}
