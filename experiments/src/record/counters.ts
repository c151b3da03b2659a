import type { CounterSample } from '../runner/run-sink.ts';
import { DoubleColumn, Int64Column } from './parquet/columns.ts';
import { TableWriter } from './parquet/table-writer.ts';
import type { SinkFile } from './sink.ts';

const GROUP_ROWS = 8192;

/**
 * `counters.parquet`: readings at regular moments.
 *
 * | column | meaning |
 * | --- | --- |
 * | `time_ns` | moment of the reading |
 * | `power_w`, `sm_clock_mhz` | board power, SM clock |
 * | `tpcs_busy` | TPCs with at least one thread block |
 * | `tpcs_held_TENANT` | TPCs in the set that the tenant's work may use; one column per tenant |
 */
export class CounterTable {
  readonly table: TableWriter;
  private readonly timeNs = new Int64Column('time_ns', GROUP_ROWS);
  private readonly powerW = new DoubleColumn('power_w', GROUP_ROWS);
  private readonly smClockMhz = new DoubleColumn('sm_clock_mhz', GROUP_ROWS);
  private readonly tpcsBusy = new DoubleColumn('tpcs_busy', GROUP_ROWS);
  private readonly tpcsHeld: readonly DoubleColumn[];

  constructor(file: SinkFile, tenants: readonly string[]) {
    this.tpcsHeld = tenants.map((name) => new DoubleColumn(`tpcs_held_${name}`, GROUP_ROWS));
    this.table = new TableWriter(
      file,
      [this.timeNs, this.powerW, this.smClockMhz, this.tpcsBusy, ...this.tpcsHeld],
      GROUP_ROWS,
      { lithos: 'lithos/counters@1' },
    );
  }

  add(sample: CounterSample): void {
    const row = this.table.row;
    this.timeNs.values[row] = sample.timeNs;
    this.powerW.values[row] = sample.powerW;
    this.smClockMhz.values[row] = sample.smClockMhz;
    this.tpcsBusy.values[row] = sample.tpcsBusy;
    this.tpcsHeld.forEach((column, tenant) => {
      column.values[row] = sample.tpcsHeld[tenant] ?? 0;
    });
    this.table.endRow();
  }
}
