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
 * | `power_w`, `sm_clock_mhz` | board power, SM clock; NaN where a real GPU does not tell |
 * | `tpcs_busy` | TPCs with at least one thread block |
 * | `tpcs_held_TENANT` | TPCs in the set that the tenant's work may use; one column per tenant |
 * | `launches_queued_TENANT` | launch queue: launches that the scheduler has not handed over whole |
 * | `atoms_in_flight_TENANT` | sync queue: atoms handed to the device and not finished |
 */
export class CounterTable {
  readonly table: TableWriter;
  private readonly timeNs = new Int64Column('time_ns', GROUP_ROWS);
  private readonly powerW = new DoubleColumn('power_w', GROUP_ROWS);
  private readonly smClockMhz = new DoubleColumn('sm_clock_mhz', GROUP_ROWS);
  private readonly tpcsBusy = new DoubleColumn('tpcs_busy', GROUP_ROWS);
  private readonly tpcsHeld: readonly DoubleColumn[];
  private readonly launchesQueued: readonly DoubleColumn[];
  private readonly atomsInFlight: readonly DoubleColumn[];

  constructor(file: SinkFile, tenants: readonly string[]) {
    const perTenant = (what: string): readonly DoubleColumn[] =>
      tenants.map((name) => new DoubleColumn(`${what}_${name}`, GROUP_ROWS));
    this.tpcsHeld = perTenant('tpcs_held');
    this.launchesQueued = perTenant('launches_queued');
    this.atomsInFlight = perTenant('atoms_in_flight');
    this.table = new TableWriter(
      file,
      [
        this.timeNs,
        this.powerW,
        this.smClockMhz,
        this.tpcsBusy,
        ...this.tpcsHeld,
        ...this.launchesQueued,
        ...this.atomsInFlight,
      ],
      GROUP_ROWS,
      { lithos: 'lithos/counters@1' },
    );
  }

  add(sample: CounterSample): void {
    const row = this.table.row;
    this.timeNs.values[row] = sample.timeNs;
    this.powerW.values[row] = sample.powerW ?? Number.NaN;
    this.smClockMhz.values[row] = sample.smClockMhz ?? Number.NaN;
    this.tpcsBusy.values[row] = sample.tpcsBusy;
    const put = (columns: readonly DoubleColumn[], values: readonly number[] = []): void => {
      columns.forEach((column, tenant) => {
        column.values[row] = values[tenant] ?? 0;
      });
    };
    put(this.tpcsHeld, sample.tpcsHeld);
    put(this.launchesQueued, sample.launchesQueued);
    put(this.atomsInFlight, sample.atomsInFlight);
    this.table.endRow();
  }
}
