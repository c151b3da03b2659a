import type { ServedRequest } from '../drivers/driver.ts';
import { BooleanColumn, Int64Column, NameColumn, OptionalInt64Column } from './parquet/columns.ts';
import { TableWriter } from './parquet/table-writer.ts';
import type { SinkFile } from './sink.ts';

const GROUP_ROWS = 8192;

/**
 * `requests.parquet`: one row per completed request, warm-up included, in order of completion.
 *
 * | column | meaning |
 * | --- | --- |
 * | `tenant` | name |
 * | `request` | the tenant's requests in order of arrival, from 0 |
 * | `arrival_ns`, `start_ns`, `end_ns` | arrival, first launch, completion |
 * | `first_token_ns`, `input_tokens`, `output_tokens` | LLM tenants; null for others |
 * | `met` | within every stated objective |
 * | `source_row` | row of the recorded trace; null if generated |
 */
export class RequestTable {
  readonly table: TableWriter;
  private readonly tenant = new NameColumn('tenant', GROUP_ROWS);
  private readonly request = new Int64Column('request', GROUP_ROWS);
  private readonly arrivalNs = new Int64Column('arrival_ns', GROUP_ROWS);
  private readonly startNs = new Int64Column('start_ns', GROUP_ROWS);
  private readonly firstTokenNs = new OptionalInt64Column('first_token_ns', GROUP_ROWS);
  private readonly endNs = new Int64Column('end_ns', GROUP_ROWS);
  private readonly inputTokens = new OptionalInt64Column('input_tokens', GROUP_ROWS);
  private readonly outputTokens = new OptionalInt64Column('output_tokens', GROUP_ROWS);
  private readonly met = new BooleanColumn('met', GROUP_ROWS);
  private readonly sourceRow = new OptionalInt64Column('source_row', GROUP_ROWS);
  private readonly tenantCodes: readonly number[];

  constructor(file: SinkFile, tenants: readonly string[]) {
    this.tenantCodes = tenants.map((name) => this.tenant.codeOf(name));
    this.table = new TableWriter(
      file,
      [
        this.tenant,
        this.request,
        this.arrivalNs,
        this.startNs,
        this.firstTokenNs,
        this.endNs,
        this.inputTokens,
        this.outputTokens,
        this.met,
        this.sourceRow,
      ],
      GROUP_ROWS,
      { lithos: 'lithos/requests@1' },
    );
  }

  add(tenant: number, request: ServedRequest, met: boolean): void {
    const row = this.table.row;
    const llm = request.firstTokenNs !== undefined;
    this.tenant.values[row] = this.tenantCodes[tenant] as number;
    this.request.values[row] = request.request;
    this.arrivalNs.values[row] = request.arrivalNs;
    this.startNs.values[row] = request.startNs;
    this.firstTokenNs.values[row] = request.firstTokenNs ?? Number.NaN;
    this.endNs.values[row] = request.endNs;
    this.inputTokens.values[row] = llm ? request.inputTokens : Number.NaN;
    this.outputTokens.values[row] = request.outputTokens ?? Number.NaN;
    this.met.values[row] = met ? 1 : 0;
    this.sourceRow.values[row] = request.row < 0 ? Number.NaN : request.row;
    this.table.endRow();
  }
}
