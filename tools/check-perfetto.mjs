/**
 * Exports a run record as a Perfetto trace, has Perfetto's own trace processor read it, and compares
 * what it then knows with the record: `node tools/check-perfetto.mjs FOLDER RUN`, after
 * `npm run build`. FOLDER has the trace processor's WebAssembly build, see docs/guides/export.md.
 */

import { exportPerfetto, MemorySink, openSource, readRunTable } from '../experiments/dist/index.js';
import { folderFiles, openFolder } from '../experiments/dist/node/index.js';
import { TpcSet } from '../packages/core/dist/index.js';
import { openTrace } from './trace-processor.mjs';

const [folder, run] = process.argv.slice(2);
if (run === undefined) {
  console.error('usage: node tools/check-perfetto.mjs FOLDER RUN');
  process.exit(2);
}

const sink = new MemorySink();
const file = sink.open('trace');
const source = await openSource(openFolder(run), run);
await exportPerfetto(source, file);
file.close();
const { query, close } = await openTrace(folder, sink.files.get('trace'));

let different = 0;
/** Compares rows in any order. */
function compare(what, found, expected) {
  const count = new Map();
  for (const row of expected)
    count.set(JSON.stringify(row), (count.get(JSON.stringify(row)) ?? 0) + 1);
  const surplus = found.filter((row) => {
    const left = (count.get(JSON.stringify(row)) ?? 0) - 1;
    count.set(JSON.stringify(row), left);
    return left < 0;
  });
  const same = surplus.length === 0 && found.length === expected.length;
  if (!same) different += 1;
  console.log(`${what}: ${found.length} of ${expected.length}, ${same ? 'equal' : 'DIFFERENT'}`);
  if (surplus.length > 0) console.log('  for example', JSON.stringify(surplus[0]));
}

const ERRORS =
  "SELECT name, value FROM stats WHERE severity IN ('error', 'data_loss') AND value > 0";
compare('errors of import', await query(ERRORS), []);

const rowsOf = (table) => Array.from({ length: table?.rows ?? 0 }, (_, i) => i);
const arguments_ = new Map();
for (const row of await query(
  'SELECT arg_set_id, key, value_type, int_value, string_value FROM args',
)) {
  const own = arguments_.get(row.arg_set_id) ?? {};
  own[row.key.replace('debug.', '')] =
    row.value_type === 'string' ? row.string_value : row.int_value;
  arguments_.set(row.arg_set_id, own);
}
const slices = await query(
  `SELECT track.name AS track, ts, dur, slice.name AS name, category, depth, slice.arg_set_id AS args
   FROM slice JOIN track ON slice.track_id = track.id`,
);

/** Columns of atoms that are arguments always, and those that are if they are not zero or empty. */
const ALWAYS = [
  'launch',
  'atom',
  'block_begin',
  'block_end',
  'tpc_count',
  'submitted_ns',
  'actual_ns',
  'stream',
  'priority',
  'last',
];
const OPTIONAL = ['predicted_ns', 'sized_from', 'stolen_tpcs'];
const atoms = await readRunTable(folderFiles(run), run, 'atoms');
const expected = [];
for (const i of rowsOf(atoms)) {
  const at = (name) => atoms.numbers(name)[i];
  const words = ['tpcs_0', 'tpcs_1', 'tpcs_2'].map(at);
  const row = [
    at('start_ns'),
    at('actual_ns'),
    atoms.texts('kernel')[i],
    atoms.texts('tenant')[i],
    atoms.texts('stolen_from')[i],
    at('request'),
    ...[...ALWAYS, ...OPTIONAL].map(at),
  ];
  for (const tpc of TpcSet.ofWords(...words)) expected.push([`TPC ${tpc}`, ...row]);
}
const isAtom = ({ track }) => track.startsWith('TPC ');
compare(
  'atoms on TPCs',
  slices.filter(isAtom).map(({ track, ts, dur, name, args }) => {
    const own = arguments_.get(args) ?? {};
    const always = ALWAYS.map((key) => own[key]);
    const optional = OPTIONAL.map((key) => own[key] ?? 0);
    return [
      track,
      ts,
      dur,
      name,
      own.tenant,
      own.stolen_from ?? '',
      own.request ?? own.step,
      ...always,
      ...optional,
    ];
  }),
  expected,
);

const requests = await readRunTable(folderFiles(run), run, 'requests');
compare(
  'requests',
  slices
    .filter((slice) => !isAtom(slice))
    .map(({ track, ts, dur, name, depth }) => [
      track,
      ts,
      dur,
      name,
      dur === 0 && name === 'first token' ? 'instant' : depth,
    ]),
  rowsOf(requests).flatMap((i) => {
    const [arrival, start, end, token, number] = [
      'arrival_ns',
      'start_ns',
      'end_ns',
      'first_token_ns',
      'request',
    ].map((name) => requests.numbers(name)[i]);
    const tenant = requests.texts('tenant')[i];
    return [
      [tenant, arrival, end - arrival, `request ${number}`, 0],
      [tenant, arrival, start - arrival, 'waiting', 1],
      [tenant, start, end - start, 'running', 1],
      ...(Number.isNaN(token) ? [] : [[tenant, token, 0, 'first token', 'instant']]),
    ];
  }),
);

const counters = await readRunTable(folderFiles(run), run, 'counters');
const names = {
  power_w: ['power', 'W'],
  sm_clock_mhz: ['SM clock', 'MHz'],
  tpcs_busy: ['TPCs busy', 'TPCs'],
};
for (const tenant of source.manifest.tenants)
  names[`tpcs_held_${tenant}`] = [`TPCs held: ${tenant}`, 'TPCs'];
const values = await query(
  `SELECT counter_track.name AS track, unit, ts, value
   FROM counter JOIN counter_track ON counter.track_id = counter_track.id`,
);
compare(
  'counters',
  values.map(({ track, unit, ts, value }) => [track, unit, ts, value]),
  Object.entries(names).flatMap(([column, name]) =>
    rowsOf(counters)
      .map((i) => [...name, counters.numbers('time_ns')[i], counters.numbers(column)[i]])
      .filter(([, , , value]) => !Number.isNaN(value)),
  ),
);

close();
process.exitCode = different === 0 ? 0 : 1;
