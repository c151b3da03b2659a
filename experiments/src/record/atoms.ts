import type { Submission } from '@lithos/core';
import { BooleanColumn, Int32Column, Int64Column, NameColumn } from './parquet/columns.ts';
import { TableWriter } from './parquet/table-writer.ts';
import type { SinkFile } from './sink.ts';

/** Rows of a row group: a few megabytes of buffers, and few enough groups to skip through. */
export const ATOM_GROUP_ROWS = 65_536;

/** Greatest value of an int64 column. */
const MAX_NS = 2 ** 52;

/**
 * `atoms.parquet`: one row per atom, in order of completion.
 *
 * | column | meaning |
 * | --- | --- |
 * | `start_ns`, `end_ns` | the first block began, the last block ended |
 * | `submitted_ns` | the scheduler handed the atom to the device |
 * | `tenant`, `kernel` | names |
 * | `stream`, `launch`, `request` | numbers within the run; `request` counts within the tenant |
 * | `block_begin`, `block_end` | the atom's thread blocks: begin included, end excluded |
 * | `atom`, `last` | number within its launch, from 0; whether it is the launch's last |
 * | `tpcs_0`, `tpcs_1`, `tpcs_2` | the TPC set: TPC i is bit i % 32 of word floor(i / 32), words signed |
 * | `tpc_count` | TPCs of the set |
 * | `priority` | 0 is the least urgent |
 * | `stolen`, `stolen_tpcs` | whether, and how many of, the TPCs are in another tenant's quota |
 * | `stolen_from` | whose quotas cover those TPCs: names, joined by `+` |
 * | `sized_from` | TPCs at hand of which right-sizing took `tpc_count`; 0 if the launch was not sized |
 * | `predicted_ns` | what the policy's predictor expected; 0 if it does not predict |
 * | `actual_ns` | end_ns - start_ns |
 */
export class AtomTable {
  private readonly startNs = new Int64Column('start_ns', ATOM_GROUP_ROWS);
  private readonly endNs = new Int64Column('end_ns', ATOM_GROUP_ROWS);
  private readonly submittedNs = new Int64Column('submitted_ns', ATOM_GROUP_ROWS);
  private readonly tenant = new NameColumn('tenant', ATOM_GROUP_ROWS);
  private readonly stream = new Int32Column('stream', ATOM_GROUP_ROWS);
  private readonly launch = new Int64Column('launch', ATOM_GROUP_ROWS);
  private readonly request = new Int64Column('request', ATOM_GROUP_ROWS);
  private readonly kernel = new NameColumn('kernel', ATOM_GROUP_ROWS);
  private readonly blockBegin = new Int32Column('block_begin', ATOM_GROUP_ROWS);
  private readonly blockEnd = new Int32Column('block_end', ATOM_GROUP_ROWS);
  private readonly atom = new Int32Column('atom', ATOM_GROUP_ROWS);
  private readonly last = new BooleanColumn('last', ATOM_GROUP_ROWS);
  private readonly tpcs0 = new Int32Column('tpcs_0', ATOM_GROUP_ROWS);
  private readonly tpcs1 = new Int32Column('tpcs_1', ATOM_GROUP_ROWS);
  private readonly tpcs2 = new Int32Column('tpcs_2', ATOM_GROUP_ROWS);
  private readonly tpcCount = new Int32Column('tpc_count', ATOM_GROUP_ROWS);
  private readonly priority = new Int32Column('priority', ATOM_GROUP_ROWS);
  private readonly stolen = new BooleanColumn('stolen', ATOM_GROUP_ROWS);
  private readonly stolenTpcs = new Int32Column('stolen_tpcs', ATOM_GROUP_ROWS);
  private readonly stolenFrom = new NameColumn('stolen_from', ATOM_GROUP_ROWS);
  private readonly sizedFrom = new Int32Column('sized_from', ATOM_GROUP_ROWS);
  private readonly predictedNs = new Int64Column('predicted_ns', ATOM_GROUP_ROWS);
  private readonly actualNs = new Int64Column('actual_ns', ATOM_GROUP_ROWS);
  readonly table: TableWriter;
  private readonly tenants: readonly string[];
  private readonly tenantCodes: readonly number[];
  /** Codes of owners' names by the set of owners. */
  private readonly ownerCodes = new Map<number, number>();
  /** Codes of kernel names by kernel id. */
  private readonly kernelCodes: (number | undefined)[] = [];

  constructor(file: SinkFile, tenants: readonly string[]) {
    this.tenants = tenants;
    this.tenantCodes = tenants.map((name) => this.tenant.codeOf(name));
    this.table = new TableWriter(
      file,
      [
        this.startNs,
        this.endNs,
        this.submittedNs,
        this.tenant,
        this.stream,
        this.launch,
        this.request,
        this.kernel,
        this.blockBegin,
        this.blockEnd,
        this.atom,
        this.last,
        this.tpcs0,
        this.tpcs1,
        this.tpcs2,
        this.tpcCount,
        this.priority,
        this.stolen,
        this.stolenTpcs,
        this.stolenFrom,
        this.sizedFrom,
        this.predictedNs,
        this.actualNs,
      ],
      ATOM_GROUP_ROWS,
      { lithos: 'lithos/atoms@1' },
    );
  }

  add(s: Submission): void {
    const row = this.table.row;
    this.startNs.values[row] = s.startNs;
    this.endNs.values[row] = s.endNs;
    this.submittedNs.values[row] = s.submittedNs;
    this.tenant.values[row] = this.tenantCodes[s.tenant] as number;
    this.stream.values[row] = s.stream;
    this.launch.values[row] = s.launch;
    this.request.values[row] = s.request;
    this.kernel.values[row] = this.kernelCode(s);
    this.blockBegin.values[row] = s.blockBegin;
    this.blockEnd.values[row] = s.blockEnd;
    this.atom.values[row] = s.atom;
    this.last.values[row] = s.last ? 1 : 0;
    this.tpcs0.values[row] = s.tpcs.w0;
    this.tpcs1.values[row] = s.tpcs.w1;
    this.tpcs2.values[row] = s.tpcs.w2;
    this.tpcCount.values[row] = s.tpcs.size;
    this.priority.values[row] = s.priority;
    this.stolen.values[row] = s.stolen.size > 0 ? 1 : 0;
    this.stolenTpcs.values[row] = s.stolen.size;
    this.stolenFrom.values[row] = this.ownersCode(s.stolenFrom);
    this.sizedFrom.values[row] = s.sizedFrom;
    // A prediction is any number; a time is an integer.
    this.predictedNs.values[row] = Math.round(Math.min(Math.max(s.predictedNs, 0), MAX_NS)) || 0;
    this.actualNs.values[row] = s.endNs - s.startNs;
    this.table.endRow();
  }

  private ownersCode(owners: number): number {
    const known = this.ownerCodes.get(owners);
    if (known !== undefined) return known;
    const names = this.tenants.filter((_, i) => ((owners >>> i) & 1) === 1);
    const code = this.stolenFrom.codeOf(names.join('+'));
    this.ownerCodes.set(owners, code);
    return code;
  }

  private kernelCode({ work: { kernel } }: Submission): number {
    const known = this.kernelCodes[kernel.id];
    if (known !== undefined) return known;
    const code = this.kernel.codeOf(kernel.name);
    this.kernelCodes[kernel.id] = code;
    return code;
  }
}
