import { TpcSet } from '@lithos/core';
import type { Table } from '../../record/table.ts';
import { eachRowGroup, type Rows } from '../rows.ts';
import { badRow, type ExportHooks, type ExportSource, type ExportWindow } from '../source.ts';
import type { TpcTracks } from './tpc-tracks.ts';
import type { TraceWriter, TrackUuid } from './trace-writer.ts';

/** Columns that become annotations as they are. */
const NUMBERS = [
  'launch',
  'request',
  'stream',
  'atom',
  'block_begin',
  'block_end',
  'tpc_count',
  'priority',
  'submitted_ns',
  'actual_ns',
] as const;

/** What `request` is of an LLM tenant's atoms: its server batches, so a step is for many requests. */
const STEP = 'step';

/** Columns whose zero says that there is nothing to say. */
const OPTIONAL_NUMBERS = ['predicted_ns', 'sized_from', 'stolen_tpcs'] as const;

const COLUMNS = [
  'start_ns',
  'end_ns',
  'tenant',
  'kernel',
  'last',
  'stolen_from',
  'tpcs_0',
  'tpcs_1',
  'tpcs_2',
  ...NUMBERS,
  ...OPTIONAL_NUMBERS,
] as const;

type Column = (typeof COLUMNS)[number];

/** Atoms and slices that were written. */
export interface AtomCounts {
  readonly atoms: number;
  /** An atom is a slice on each TPC of its set. */
  readonly slices: number;
}

/** Writes atoms as slices on the TPCs of their sets. */
export async function writeAtoms(
  source: ExportSource,
  window: ExportWindow,
  hooks: ExportHooks,
  writer: TraceWriter,
  tpcs: TpcTracks,
): Promise<AtomCounts> {
  const names = new Map(
    COLUMNS.map((name) => [name, writer.intern('debugAnnotationNames', name)] as const),
  );
  const stepName = writer.intern('debugAnnotationNames', STEP);
  const llms = llmTenants(source);
  const nameOf = (column: Column, tenant: string): number =>
    column === 'request' && llms.has(tenant) ? stepName : (names.get(column) as number);
  let slices = 0;
  const write = ({ values, rows, first }: Rows): void => {
    const columns = columnsOf(values);
    for (const row of rows) {
      const at = first + row;
      const tracks = tracksOf(source, columns, row, at, tpcs);
      slices += tracks.length;
      writeAtom(writer, columns, row, tracks, nameOf);
    }
  };
  const bytes = (): number => writer.written;
  const atoms = await eachRowGroup(
    source,
    'atoms',
    window,
    { ...hooks, columns: COLUMNS, bytes },
    write,
  );
  return { atoms, slices };
}

/** Tenants whose workload is an LLM server, from the scenario in the manifest. */
function llmTenants({ manifest }: ExportSource): ReadonlySet<string> {
  const { tenants } = manifest.scenario;
  const names = new Set<string>();
  for (const tenant of Array.isArray(tenants) ? tenants : []) {
    const { name, workload } = (tenant ?? {}) as { name?: unknown; workload?: unknown };
    const isLlm = typeof workload === 'object' && workload !== null && 'engine' in workload;
    if (typeof name === 'string' && isLlm) names.add(name);
  }
  return names;
}

type Numbers = ReturnType<Table['numbers']>;

interface Columns {
  readonly start: Numbers;
  readonly end: Numbers;
  readonly tenant: readonly string[];
  readonly kernel: readonly string[];
  readonly stolenFrom: readonly string[];
  readonly last: Numbers;
  readonly words: readonly [Numbers, Numbers, Numbers];
  readonly numbers: readonly (readonly [name: Column, values: Numbers, optional: boolean])[];
}

function columnsOf(values: Table): Columns {
  return {
    start: values.numbers('start_ns'),
    end: values.numbers('end_ns'),
    tenant: values.texts('tenant'),
    kernel: values.texts('kernel'),
    stolenFrom: values.texts('stolen_from'),
    last: values.numbers('last'),
    words: [values.numbers('tpcs_0'), values.numbers('tpcs_1'), values.numbers('tpcs_2')],
    numbers: [
      ...NUMBERS.map((name) => [name, values.numbers(name), false] as const),
      ...OPTIONAL_NUMBERS.map((name) => [name, values.numbers(name), true] as const),
    ],
  };
}

function tracksOf(
  source: ExportSource,
  { start, end, words: [w0, w1, w2], numbers }: Columns,
  row: number,
  at: number,
  tpcs: TpcTracks,
): readonly TrackUuid[] {
  for (const [name, values] of numbers) {
    const value = values[row] as number;
    if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
      throw badRow(source, 'atoms', at, `${name} is ${value}`);
  }
  const set = TpcSet.ofWords(w0[row] as number, w1[row] as number, w2[row] as number);
  const tracks = tpcs.take(set, start[row] as number, end[row] as number);
  if (tracks === undefined) {
    throw badRow(source, 'atoms', at, `TPC set ${set} is not of ${source.manifest.device.id}`);
  }
  return tracks;
}

function writeAtom(
  writer: TraceWriter,
  { start, end, tenant, kernel, stolenFrom, last, numbers }: Columns,
  row: number,
  tracks: readonly TrackUuid[],
  nameOf: (column: Column, tenant: string) => number,
): void {
  const tenantName = tenant[row] as string;
  const owners = stolenFrom[row] as string;
  const kernelIid = writer.intern('eventNames', kernel[row] as string);
  const categoryIid = writer.intern('eventCategories', tenantName);
  const tenantIid = writer.intern('debugAnnotationStringValues', tenantName);
  const ownersIid = owners === '' ? 0 : writer.intern('debugAnnotationStringValues', owners);
  writer.slices(tracks, start[row] as number, end[row] as number, () => {
    writer.nameIid(kernelIid);
    writer.category(categoryIid);
    writer.annotateText(nameOf('tenant', tenantName), tenantIid);
    for (const [name, values, optional] of numbers) {
      const value = values[row] as number;
      if (value > 0 || !optional) writer.annotateUint(nameOf(name, tenantName), value);
    }
    writer.annotateBoolean(nameOf('last', tenantName), last[row] === 1);
    if (ownersIid > 0) writer.annotateText(nameOf('stolen_from', tenantName), ownersIid);
  });
}
