import { DEVICES } from '@lithos/sim';
import type { Manifest } from '../../record/manifest.ts';
import type { SinkFile } from '../../record/sink.ts';
import type { ExportTable } from '../source.ts';
import {
  type ExportHooks,
  type ExportSource,
  type ExportWindow,
  recordedTables,
  WHOLE_RUN,
} from '../source.ts';
import { type AtomCounts, writeAtoms } from './atoms.ts';
import { writeCounters } from './counters.ts';
import { writeRequests } from './requests.ts';
import { TpcTracks } from './tpc-tracks.ts';
import { type Deflate, TraceWriter, type TrackUuid } from './trace-writer.ts';

/** What a trace holds. */
export interface PerfettoExport extends AtomCounts {
  readonly requests: number;
  readonly counter_samples: number;
  readonly bytes: number;
}

export interface PerfettoOptions extends ExportHooks {
  /** Compresses the trace's packets, about fifteenfold. Perfetto reads them; other tools may not. */
  readonly deflate?: Deflate;
}

/**
 * Writes a run record as a Perfetto trace (TrackEvent protobuf). It goes to the sink while it is
 * read; the sink is closed by whoever opened it.
 */
export async function exportPerfetto(
  source: ExportSource,
  sink: SinkFile,
  window: ExportWindow = WHOLE_RUN,
  { deflate, ...hooks }: PerfettoOptions = {},
): Promise<PerfettoExport> {
  const { manifest } = source;
  const recorded = recordedTables(source);
  const writer = new TraceWriter(sink, deflate);
  const hooksOf = (table: ExportTable): ExportHooks => shareOf(hooks, recorded, table);
  const device = deviceTrack(writer, manifest);
  const requestGroup = writer.track('requests', { rank: 1, description: REQUESTS });
  const requests = await writeRequests(source, window, hooksOf('requests'), writer, requestGroup);
  const counterGroup = writer.track('counters', { rank: 2 });
  const samples = await writeCounters(source, window, hooksOf('counters'), writer, counterGroup);
  const counts = recorded.includes('atoms')
    ? await writeAtoms(
        source,
        window,
        hooksOf('atoms'),
        writer,
        new TpcTracks(writer, device, tpcsPerGpc(manifest)),
      )
    : { atoms: 0, slices: 0 };
  writer.finish();
  return { ...counts, requests, counter_samples: samples, bytes: writer.written };
}

const REQUESTS =
  'From arrival to completion. Requests of a tenant that overlap are drawn below each other.';

function deviceTrack(writer: TraceWriter, manifest: Manifest): TrackUuid {
  const { device, policy, seed, backend, code, scenario } = manifest;
  const name = typeof scenario.name === 'string' ? scenario.name : 'a scenario';
  const how = backend === 'sim' ? 'simulated' : 'measured';
  return writer.track(`${device.id}: ${name} under ${policy}`, {
    rank: 0,
    description: `${how}, seed ${seed}, lithos ${code}. One track per TPC: the atoms that could run there, by kernel.`,
  });
}

/** Of a real GPU no one knows: which TPC is in which GPC differs from chip to chip. */
function tpcsPerGpc({ backend, device }: Manifest): readonly number[] | undefined {
  if (backend === 'hw') return undefined;
  return DEVICES.find(({ id }) => id === device.id)?.geometry.tpcsPerGpc.value;
}

/** Progress within one table as progress in all: atoms are nearly all of the work. */
function shareOf(
  { onProgress, signal }: ExportHooks,
  recorded: readonly ExportTable[],
  table: ExportTable,
): ExportHooks {
  const small = recorded.includes('atoms') ? 0.01 : 0.5;
  const begin = { requests: 0, counters: small, atoms: 2 * small }[table];
  const width = table === 'atoms' ? 1 - begin : small;
  return {
    ...(signal !== undefined && { signal }),
    ...(onProgress !== undefined && {
      onProgress: (share, bytes) => onProgress(begin + width * share, bytes),
    }),
  };
}
