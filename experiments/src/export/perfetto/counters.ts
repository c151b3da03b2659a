import { eachRowGroup } from '../rows.ts';
import type { ExportHooks, ExportSource, ExportWindow } from '../source.ts';
import type { TraceWriter, TrackUuid } from './trace-writer.ts';

/** Counters of the board by column: what they are called, and their units. */
const BOARD = [
  ['power_w', 'power', 'W'],
  ['sm_clock_mhz', 'SM clock', 'MHz'],
  ['tpcs_busy', 'TPCs busy', 'TPCs'],
] as const;

/** Counters of TPCs are drawn to one scale. */
const TPC_AXIS = 'tpcs';

/** Writes counters. @returns how many moments */
export function writeCounters(
  source: ExportSource,
  window: ExportWindow,
  hooks: ExportHooks,
  writer: TraceWriter,
  parent: TrackUuid,
): Promise<number> {
  const counters = [
    ...BOARD,
    ...source.manifest.tenants.map(
      (tenant) => [`tpcs_held_${tenant}`, `TPCs held: ${tenant}`, 'TPCs'] as const,
    ),
  ];
  const tracks = counters.map(([column, name, unit], rank) => {
    const shared = unit === 'TPCs' ? { shareAxis: TPC_AXIS } : {};
    const uuid = writer.track(name, { parent, rank, counter: { unit, ...shared } });
    return { column, uuid };
  });
  const columns = ['time_ns', ...counters.map(([column]) => column)];
  const bytes = (): number => writer.written;
  return eachRowGroup(
    source,
    'counters',
    window,
    { ...hooks, columns, bytes },
    ({ values, rows }) => {
      const times = values.numbers('time_ns');
      for (const { column, uuid } of tracks) {
        const readings = values.numbers(column);
        for (const row of rows) {
          const value = readings[row] as number;
          // A device may be unable to tell.
          if (!Number.isNaN(value)) writer.value(uuid, times[row] as number, value);
        }
      }
    },
  );
}
