import type { Table } from '../../record/table.ts';
import { eachRowGroup, type Rows } from '../rows.ts';
import { badRow, type ExportHooks, type ExportSource, type ExportWindow } from '../source.ts';
import { Lanes } from './lanes.ts';
import type { TraceWriter, TrackUuid } from './trace-writer.ts';

/** Columns that become annotations, where they are not null. */
const NUMBERS = ['request', 'input_tokens', 'output_tokens', 'source_row'] as const;

const COLUMNS = [
  'tenant',
  'arrival_ns',
  'start_ns',
  'end_ns',
  'first_token_ns',
  'met',
  ...NUMBERS,
] as const;

/** The requests of a tenant: as many tracks of its name as overlap, which are drawn as one. */
interface TenantTracks {
  readonly lanes: Lanes;
  readonly uuids: TrackUuid[];
}

/**
 * Writes requests as slices from arrival to completion, with `waiting` and `running` within them,
 * and the first token of an LLM's answer as an instant.
 * @returns how many
 */
export function writeRequests(
  source: ExportSource,
  window: ExportWindow,
  hooks: ExportHooks,
  writer: TraceWriter,
  parent: TrackUuid,
): Promise<number> {
  const { tenants } = source.manifest;
  const tracks = new Map<string, TenantTracks>(
    tenants.map((name) => [name, { lanes: new Lanes(), uuids: [] }]),
  );
  const name = internNames(writer);
  const write = ({ values, rows, first }: Rows): void => {
    for (const row of rows) {
      const request = requestAt(values, row);
      const { tenant, arrivalNs, startNs, firstTokenNs, endNs, numbers } = request;
      for (const [column, value] of numbers) {
        if (within(value, 0, Number.MAX_SAFE_INTEGER)) continue;
        throw badRow(source, 'requests', first + row, `${column} is ${value}`);
      }
      const track = tracks.get(tenant);
      const ordered = arrivalNs <= startNs && startNs <= endNs;
      const tokenWithin = firstTokenNs === undefined || within(firstTokenNs, startNs, endNs);
      if (track === undefined || !ordered || !tokenWithin) {
        const times = [arrivalNs, startNs, firstTokenNs ?? startNs, endNs].join(', ');
        throw badRow(source, 'requests', first + row, `of '${tenant}', times ${times} ns`);
      }
      const lane = track.lanes.take(arrivalNs, endNs);
      let uuid = track.uuids[lane];
      if (uuid === undefined) {
        uuid = writer.track(tenant, { parent, rank: tenants.indexOf(tenant) });
        track.uuids.push(uuid);
      }
      writeRequest(writer, uuid, request, name);
    }
  };
  const bytes = (): number => writer.written;
  return eachRowGroup(source, 'requests', window, { ...hooks, columns: COLUMNS, bytes }, write);
}

interface Request {
  readonly tenant: string;
  readonly arrivalNs: number;
  readonly startNs: number;
  readonly firstTokenNs: number | undefined;
  readonly endNs: number;
  readonly met: boolean;
  readonly numbers: readonly (readonly [name: (typeof NUMBERS)[number], value: number])[];
}

function requestAt(values: Table, row: number): Request {
  const number = (column: string): number => values.numbers(column)[row] as number;
  const firstTokenNs = number('first_token_ns');
  return {
    tenant: values.texts('tenant')[row] as string,
    arrivalNs: number('arrival_ns'),
    startNs: number('start_ns'),
    firstTokenNs: Number.isNaN(firstTokenNs) ? undefined : firstTokenNs,
    endNs: number('end_ns'),
    met: number('met') === 1,
    numbers: NUMBERS.map((name) => [name, number(name)] as const).filter(
      ([, value]) => !Number.isNaN(value),
    ),
  };
}

type Names = Readonly<
  Record<'waiting' | 'running' | 'firstToken' | 'category' | 'met', number> & {
    annotation: (column: (typeof NUMBERS)[number]) => number;
  }
>;

function internNames(writer: TraceWriter): Names {
  return {
    waiting: writer.intern('eventNames', 'waiting'),
    running: writer.intern('eventNames', 'running'),
    firstToken: writer.intern('eventNames', 'first token'),
    category: writer.intern('eventCategories', 'request'),
    met: writer.intern('debugAnnotationNames', 'met'),
    annotation: (column) => writer.intern('debugAnnotationNames', column),
  };
}

function writeRequest(
  writer: TraceWriter,
  track: TrackUuid,
  { arrivalNs, startNs, firstTokenNs, endNs, met, numbers }: Request,
  name: Names,
): void {
  const annotations = numbers.map(([column, value]) => [name.annotation(column), value] as const);
  const part = (nameIid: number) => (): void => {
    writer.nameIid(nameIid);
    writer.category(name.category);
  };
  writer.begin(track, arrivalNs, () => {
    // Every request has a name of its own: not worth interning, which would keep them all.
    writer.name(`request ${numbers.find(([column]) => column === 'request')?.[1]}`);
    writer.category(name.category);
    for (const [iid, value] of annotations) writer.annotateUint(iid, value);
    writer.annotateBoolean(name.met, met);
  });
  writer.slice(track, arrivalNs, startNs, part(name.waiting));
  writer.begin(track, startNs, part(name.running));
  if (firstTokenNs !== undefined) writer.instant(track, firstTokenNs, part(name.firstToken));
  writer.end(track, endNs);
  writer.end(track, endNs);
}

function within(value: number, from: number, to: number): boolean {
  return from <= value && value <= to;
}
