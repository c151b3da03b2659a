import { deflateSync } from 'node:zlib';
import { TpcSet } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ATOM_GROUP_ROWS } from '../../record/atoms.ts';
import { readRunTable } from '../../record/read.ts';
import { MemorySink } from '../../record/sink.ts';
import type { Table } from '../../record/table.ts';
import { type ExportWindow, WHOLE_RUN } from '../source.ts';
import { inflated, packetsOf, type Slice, type Track, tracksOf } from '../testing/decode.ts';
import { type RecordSpec, record, recordSpecs, sourceOf, TENANTS } from '../testing/records.ts';
import { exportPerfetto, type PerfettoExport, type PerfettoOptions } from './export-perfetto.ts';

async function traceOf(
  folder: MemorySink,
  window: ExportWindow = WHOLE_RUN,
  hooks: PerfettoOptions = {},
): Promise<{ readonly bytes: Uint8Array; readonly result: PerfettoExport }> {
  const out = new MemorySink();
  const file = out.open('t');
  const result = await exportPerfetto(await sourceOf(folder), file, window, hooks);
  file.close();
  const bytes = out.files.get('t') ?? new Uint8Array(0);
  expect(result.bytes).toBe(bytes.length);
  return { bytes, result };
}

async function tableOf(
  folder: MemorySink,
  name: 'atoms' | 'requests' | 'counters',
): Promise<Table> {
  const table = await readRunTable(folder, 'r', name);
  if (table === undefined) throw new Error(`no ${name}`);
  return table;
}

/** What is on the tracks with this name, below each other: lanes of one. */
function slicesOf(tracks: readonly Track[], name: string): readonly Slice[] {
  return tracks.filter((track) => track.name === name).flatMap(({ slices }) => slices);
}

const inOrder = (slices: readonly object[]): readonly string[] =>
  slices.map((slice) => JSON.stringify(slice)).sort();

/** Slices that a TPC should have, from the record. */
function atomSlices(atoms: Table, tpc: number, { fromNs, toNs }: ExportWindow): readonly object[] {
  const number = (name: string, i: number): number => atoms.numbers(name)[i] as number;
  return Array.from({ length: atoms.rows }, (_, i) => i)
    .filter((i) => number('end_ns', i) >= fromNs && number('start_ns', i) <= toNs)
    .filter((i) =>
      TpcSet.ofWords(number('tpcs_0', i), number('tpcs_1', i), number('tpcs_2', i)).has(tpc),
    )
    .map((i) => {
      const optional = (name: string) => number(name, i) > 0 && { [name]: number(name, i) };
      const stolenFrom = atoms.texts('stolen_from')[i];
      return {
        name: atoms.texts('kernel')[i],
        category: atoms.texts('tenant')[i],
        beginNs: number('start_ns', i),
        depth: 0,
        annotations: {
          tenant: atoms.texts('tenant')[i],
          ...Object.fromEntries(
            [
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
            ].map((name) => [name, number(name, i)]),
          ),
          ...optional('predicted_ns'),
          ...optional('sized_from'),
          ...optional('stolen_tpcs'),
          last: number('last', i) === 1,
          ...(stolenFrom !== '' && { stolen_from: stolenFrom }),
        },
        endNs: number('end_ns', i),
      };
    });
}

const TPCS = Array.from({ length: 54 }, (_, i) => i);

describe('a Perfetto trace', () => {
  it('has every atom once on every TPC of its set, with its times and what is known of it', async () => {
    await fc.assert(
      fc.asyncProperty(recordSpecs, async (spec) => {
        const folder = record(spec);
        const { bytes, result } = await traceOf(folder);
        const tracks = tracksOf(bytes);
        const atoms = await tableOf(folder, 'atoms');
        for (const tpc of TPCS) {
          expect(inOrder(slicesOf(tracks, `TPC ${tpc}`))).toEqual(
            inOrder(atomSlices(atoms, tpc, WHOLE_RUN)),
          );
        }
        expect(result.atoms).toBe(spec.atoms.length);
        expect(result.slices).toBe(spec.atoms.reduce((sum, { tpcs }) => sum + tpcs.length, 0));
      }),
      { numRuns: 60 },
    );
  });

  it('has every request once, from arrival to completion, waiting and running within it', async () => {
    await fc.assert(
      fc.asyncProperty(recordSpecs, async (spec) => {
        const folder = record(spec);
        const { bytes, result } = await traceOf(folder);
        const tracks = tracksOf(bytes);
        const requests = await tableOf(folder, 'requests');
        const number = (name: string, i: number): number => requests.numbers(name)[i] as number;
        for (const tenant of TENANTS) {
          const rows = Array.from({ length: requests.rows }, (_, i) => i).filter(
            (i) => requests.texts('tenant')[i] === tenant,
          );
          const slices = slicesOf(tracks, tenant).map(({ name, depth, beginNs, endNs }) => ({
            name,
            depth,
            beginNs,
            endNs,
          }));
          const wanted = rows.flatMap((i) => {
            const [arrival, start, end] = ['arrival_ns', 'start_ns', 'end_ns'].map((name) =>
              number(name, i),
            );
            const name = `request ${number('request', i)}`;
            return [
              { name, depth: 0, beginNs: arrival, endNs: end },
              { name: 'waiting', depth: 1, beginNs: arrival, endNs: start },
              { name: 'running', depth: 1, beginNs: start, endNs: end },
            ];
          });
          expect(inOrder(slices)).toEqual(inOrder(wanted));
          const tokens = tracks
            .filter(({ name }) => name === tenant)
            .flatMap(({ instants }) => instants.map(({ timeNs }) => timeNs));
          expect(tokens.sort((a, b) => a - b)).toEqual(
            rows
              .map((i) => number('first_token_ns', i))
              .filter((time) => !Number.isNaN(time))
              .sort((a, b) => a - b),
          );
        }
        expect(result.requests).toBe(spec.requests.length);
      }),
      { numRuns: 60 },
    );
  });

  it('has the counters as they are', async () => {
    await fc.assert(
      fc.asyncProperty(recordSpecs, async (spec) => {
        const samples = spec.samples.toSorted((a, b) => a.timeNs - b.timeNs);
        const { bytes } = await traceOf(record({ ...spec, samples }));
        const tracks = tracksOf(bytes);
        const values = (name: string) => tracks.find((track) => track.name === name)?.values;
        const wanted = (of: (sample: (typeof samples)[number]) => number | undefined) =>
          samples.map((sample) => ({ timeNs: sample.timeNs, value: of(sample) }));
        expect(values('power')).toEqual(wanted(({ powerW }) => powerW));
        expect(values('SM clock')).toEqual(wanted(({ smClockMhz }) => smClockMhz));
        expect(values('TPCs busy')).toEqual(wanted(({ tpcsBusy }) => tpcsBusy));
        expect(values('TPCs held: chat')).toEqual(wanted(({ tpcsHeld }) => tpcsHeld[0]));
        expect(values('TPCs held: train')).toEqual(wanted(({ tpcsHeld }) => tpcsHeld[1]));
      }),
      { numRuns: 30 },
    );
  });

  it('cut to a window has what overlaps it, whole', async () => {
    const edge = fc.oneof(fc.nat(60), fc.nat(2 ** 51));
    await fc.assert(
      fc.asyncProperty(recordSpecs, edge, edge, async (spec, a, b) => {
        const window = { fromNs: Math.min(a, b), toNs: Math.max(a, b) };
        const folder = record(spec);
        const tracks = tracksOf((await traceOf(folder, window)).bytes);
        const atoms = await tableOf(folder, 'atoms');
        for (const tpc of TPCS) {
          expect(inOrder(slicesOf(tracks, `TPC ${tpc}`))).toEqual(
            inOrder(atomSlices(atoms, tpc, window)),
          );
        }
        const times = tracks.find(({ name }) => name === 'power')?.values.map((v) => v.timeNs);
        expect(times?.every((time) => window.fromNs <= time && time <= window.toNs)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

const ATOM = {
  tenant: 0,
  kernel: 0,
  startNs: 1000,
  actualNs: 500,
  tpcs: [0, 8],
  isStolen: false,
  predictedNs: 450,
  sizedFrom: 0,
  priority: 2,
} as const;

const SMALL: RecordSpec = {
  atoms: [
    ATOM,
    { ...ATOM, tenant: 1, kernel: 1, startNs: 1200, actualNs: 900, tpcs: [8], isStolen: true },
  ],
  requests: [
    { tenant: 0, arrivalNs: 100, waitNs: 900, runNs: 600, firstToken: 0.5, met: true },
    { tenant: 0, arrivalNs: 400, waitNs: 1200, runNs: 900, met: false },
  ],
  samples: [{ timeNs: 2000, powerW: 251.5, smClockMhz: 1410, tpcsBusy: 2, tpcsHeld: [2, 1] }],
};

const DEVICE = 'a100-40gb: two tenants under lithos';

describe('a small trace', () => {
  it('is made of these tracks', async () => {
    const { bytes } = await traceOf(record(SMALL));
    const descriptors = packetsOf(bytes).flatMap(({ track_descriptor }) => track_descriptor ?? []);
    const tpcs = descriptors.filter(({ name }) => name.startsWith('TPC '));
    // TPC 8 has two: its atoms overlap.
    expect(tpcs).toHaveLength(55);
    const tracks = tracksOf(bytes);
    expect(
      tracks
        .filter(({ slices, values, path }) => slices.length + values.length > 0 || path.length < 3)
        .map(({ path, rank, unit }) => [path.join(' > '), rank, unit]),
    ).toEqual([
      [DEVICE, 0, undefined],
      ['requests', 1, undefined],
      ['requests > chat', 0, undefined],
      ['requests > chat', 0, undefined],
      ['counters', 2, undefined],
      ['counters > power', 0, 'W'],
      ['counters > SM clock', 1, 'MHz'],
      ['counters > TPCs busy', 2, 'TPCs'],
      ['counters > TPCs held: chat', 3, 'TPCs'],
      ['counters > TPCs held: train', 4, 'TPCs'],
      [`${DEVICE} > GPC 0`, 0, undefined],
      [`${DEVICE} > GPC 0 > TPC 0`, 0, undefined],
      [`${DEVICE} > GPC 1`, 1, undefined],
      [`${DEVICE} > GPC 1 > TPC 8`, 0, undefined],
      ...[2, 3, 4, 5, 6].map((gpc) => [`${DEVICE} > GPC ${gpc}`, gpc, undefined]),
      [`${DEVICE} > GPC 1 > TPC 8`, 0, undefined],
    ]);
    expect(descriptors.every(({ child_ordering }) => child_ordering === 'EXPLICIT')).toBe(true);
    expect(descriptors.find(({ name }) => name === 'TPC 8')?.sibling_merge_behavior).toBe(
      'SIBLING_MERGE_BEHAVIOR_BY_TRACK_NAME',
    );
  });

  it('has these slices', async () => {
    const tracks = tracksOf((await traceOf(record(SMALL))).bytes);
    const [first, second] = tracks.filter(({ name }) => name === 'TPC 8');
    expect(first?.slices).toEqual([
      {
        name: 'gemm<float, "TN">',
        category: 'chat',
        beginNs: 1000,
        endNs: 1500,
        depth: 0,
        annotations: {
          tenant: 'chat',
          launch: 0,
          request: 0,
          stream: 0,
          atom: 0,
          block_begin: 0,
          block_end: 7,
          tpc_count: 2,
          priority: 2,
          submitted_ns: 995,
          actual_ns: 500,
          predicted_ns: 450,
          last: false,
        },
      },
    ]);
    expect(second?.slices).toMatchObject([
      {
        name: 'softmax',
        category: 'train',
        beginNs: 1200,
        endNs: 2100,
        annotations: { stolen_from: 'chat', stolen_tpcs: 1 },
      },
    ]);
    expect(slicesOf(tracks, 'chat').find(({ name }) => name === 'request 0')?.annotations).toEqual({
      request: 0,
      input_tokens: 17,
      output_tokens: 5,
      source_row: 0,
      met: true,
    });
  });

  it("calls the request of an LLM tenant's atoms a step", async () => {
    const tenants = [
      { name: 'chat', workload: { model: 'llama3-8b', engine: 'continuous-batching' } },
      { name: 'train', workload: { profile: 'resnet50-train-b32' } },
    ];
    const tracks = tracksOf(
      (await traceOf(record(SMALL, { run: { scenario: { tenants } } }))).bytes,
    );
    const on = slicesOf(tracks, 'TPC 8').map(({ category, annotations }) => [
      category,
      annotations.step,
      annotations.request,
    ]);
    expect(on).toEqual([
      ['chat', 0, undefined],
      ['train', undefined, 1],
    ]);
  });

  it('is made of these packets', async () => {
    const { bytes } = await traceOf(record(SMALL, { run: { backend: 'hw' } }));
    const text = (key: string, value: unknown): unknown =>
      key === 'str' ? new TextDecoder().decode(value as Uint8Array) : value;
    // Buffers would turn into objects before `text` sees them.
    const packets = packetsOf(bytes).map((packet) => structuredClone(packet));
    await expect(`${JSON.stringify(packets, text, 1)}\n`).toMatchFileSnapshot('small.golden.json');
  });

  it('is the same bytes each time', async () => {
    const [a, b] = [await traceOf(record(SMALL)), await traceOf(record(SMALL))];
    expect(a.bytes).toEqual(b.bytes);
  });
});

describe('a record', () => {
  it('of several row groups is read one after the other', async () => {
    const count = ATOM_GROUP_ROWS + 10;
    const atoms = Array.from({ length: count }, (_, i) => ({
      ...ATOM,
      startNs: 10 * i,
      actualNs: 10,
      tpcs: [i % 54],
    }));
    const folder = record({ ...SMALL, atoms });
    const shares: number[] = [];
    const { bytes, result } = await traceOf(folder, WHOLE_RUN, {
      onProgress: (share) => shares.push(share),
    });
    expect(result.slices).toBe(count);
    expect(slicesOf(tracksOf(bytes), 'TPC 5')).toHaveLength(Math.ceil((count - 5) / 54));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const packed = await traceOf(folder, WHOLE_RUN, { deflate: (part) => deflateSync(part) });
    expect(packed.bytes.length).toBeLessThan(bytes.length / 4);
    expect(Buffer.compare(inflated(packed.bytes), bytes)).toBe(0);
    const cut = await traceOf(folder, { fromNs: 10 * ATOM_GROUP_ROWS, toNs: 10 * count });
    expect(cut.result.slices).toBe(11);
  });

  it('without atoms gives requests and counters', async () => {
    const { bytes, result } = await traceOf(record(SMALL, { level: 'requests' }));
    expect(result).toMatchObject({ atoms: 0, slices: 0, requests: 2, counter_samples: 1 });
    expect(slicesOf(tracksOf(bytes), 'chat')).toHaveLength(6);
  });

  it('of an unknown or a real device has its TPCs below the device', async () => {
    for (const run of [{ device: { id: 'b200' } }, { backend: 'hw' as const }]) {
      const tracks = tracksOf((await traceOf(record(SMALL, { run }))).bytes);
      expect(
        tracks.filter(({ name }) => name.startsWith('TPC ')).map(({ path }) => path[1]),
      ).toEqual(['TPC 0', 'TPC 8', 'TPC 8']);
    }
  });

  it('with nothing in it gives an empty trace', async () => {
    const { result } = await traceOf(record({ atoms: [], requests: [], samples: [] }));
    expect(result).toMatchObject({ slices: 0, requests: 0, counter_samples: 0 });
  });

  it.each([
    [{ level: 'summary' }, SMALL, /^r: the run was made with --record summary/],
    [{ level: 'none' }, SMALL, /^r: the run was made with --record none/],
    [
      {},
      { ...SMALL, atoms: [{ ...ATOM, tpcs: [54] }] },
      /^r\/atoms.parquet, row 0: TPC set 54 is not of a100-40gb/,
    ],
    [
      {},
      { ...SMALL, atoms: [{ ...ATOM, actualNs: -1 }] },
      /^r\/atoms.parquet, row 0: from 1000 to 999 ns/,
    ],
    [
      {},
      { ...SMALL, requests: [{ ...(SMALL.requests[0] as object), waitNs: 1e6, runNs: -1e5 }] },
      /^r\/requests.parquet, row 0: of 'chat', times /,
    ],
  ] as const)('that makes no sense is refused: %j', async (options, spec, message) => {
    await expect(traceOf(record(spec as RecordSpec, options))).rejects.toThrow(message);
  });

  it('that lacks a file is refused', async () => {
    const folder = record(SMALL);
    folder.remove('atoms.parquet');
    await expect(traceOf(folder)).rejects.toThrow('r: atoms.parquet is missing');
  });

  it('is left when asked to stop', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await expect(traceOf(record(SMALL), WHOLE_RUN, { signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });
});
