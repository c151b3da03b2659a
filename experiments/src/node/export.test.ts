import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { LithosError, TpcSet } from '@lithos/core';
import { afterAll, describe, expect, it } from 'vitest';
import { inflated, tracksOf } from '../export/testing/decode.ts';
import { type RecordOptions, type RecordSpec, record } from '../export/testing/records.ts';
import { readRunTable } from '../record/read.ts';
import { parseScenario } from '../scenario/parse.ts';
import { compare } from './compare.ts';
import { type ExportOptions, type ExportResult, exportRun } from './export.ts';
import { folderFiles } from './folder-sink.ts';
import { scenarioContext } from './scenario-context.ts';

const ROOT = fs.mkdtempSync(join(os.tmpdir(), 'lithos-export-'));
afterAll(() => fs.rmSync(ROOT, { recursive: true, force: true }));

const SPEC: RecordSpec = {
  atoms: [
    {
      tenant: 0,
      kernel: 1,
      startNs: 10,
      actualNs: 20,
      tpcs: [0, 53],
      isStolen: false,
      predictedNs: 0,
      sizedFrom: 0,
      priority: 1,
    },
  ],
  requests: [{ tenant: 0, arrivalNs: 5, waitNs: 5, runNs: 25, met: true }],
  samples: [{ timeNs: 10, powerW: 250, smClockMhz: 1410, tpcsBusy: 2, tpcsHeld: [2, 0] }],
};

let folders = 0;

/** A new folder with a run record in it; both paths. */
function recorded(options?: RecordOptions): { readonly parent: string; readonly run: string } {
  const parent = join(ROOT, `${++folders}`);
  const run = join(parent, 'lithos-seed3');
  fs.mkdirSync(run, { recursive: true });
  for (const [name, bytes] of record(SPEC, options).files) fs.writeFileSync(join(run, name), bytes);
  return { parent, run };
}

const WHOLE = { fromNs: 0, toNs: Number.POSITIVE_INFINITY };

function exported(run: string, options: Partial<ExportOptions> = {}): Promise<ExportResult> {
  return exportRun({ run, format: 'perfetto', force: false, window: WHOLE, ...options });
}

/** What an export is refused with: its code, message and fix. */
async function refusal(run: string, options: Partial<ExportOptions> = {}): Promise<string> {
  try {
    await exported(run, options);
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.exitCode} ${error.code} ${error.message} | ${error.fix}`.replaceAll(ROOT, '');
  }
  return 'exported';
}

const listed = (folder: string): readonly string[] => fs.readdirSync(folder).sort();

describe('an export', () => {
  it('goes beside the run, also when the folder around it is named', async () => {
    const { parent, run } = recorded();
    const result = await exported(`${parent}/`);
    const path = `${run}.pftrace`;
    const bytes = fs.statSync(path).size;
    expect(result).toEqual({
      schema: 'lithos/export@1',
      run,
      format: 'perfetto',
      files: [{ path, bytes }],
      trace: { atoms: 1, slices: 2, requests: 1, counter_samples: 1 },
    });
    expect(listed(parent)).toEqual(['lithos-seed3', 'lithos-seed3.pftrace']);
    const slices = (name: string) =>
      tracksOf(fs.readFileSync(path)).find((track) => track.name === name)?.slices;
    expect(slices('TPC 53')).toMatchObject([{ beginNs: 10, endNs: 30 }]);
  });

  it('of the folder that one is in goes beside it, too', async () => {
    const { parent, run } = recorded();
    const before = process.cwd();
    process.chdir(run);
    try {
      await exported('.');
    } finally {
      process.chdir(before);
    }
    expect(listed(parent)).toEqual(['lithos-seed3', 'lithos-seed3.pftrace']);
  });

  it('as CSV is a folder of tables, or one of them', async () => {
    const { parent, run } = recorded();
    const { files } = await exported(run, { format: 'csv' });
    expect(files.map(({ path, rows }) => [path, rows])).toEqual(
      ['requests', 'atoms', 'counters'].map((name) => [join(`${run}-csv`, `${name}.csv`), 1]),
    );
    await exported(run, { format: 'csv', table: 'counters' });
    expect(listed(parent)).toEqual([
      'lithos-seed3',
      'lithos-seed3-counters.csv',
      'lithos-seed3-csv',
    ]);
    const of = (path: string) => fs.readFileSync(join(parent, path), 'utf8');
    expect(of('lithos-seed3-counters.csv')).toBe(of('lithos-seed3-csv/counters.csv'));
  });

  it('compressed holds the same', async () => {
    const { parent, run } = recorded();
    const [plain, packed] = [join(parent, 'plain'), join(parent, 'packed')];
    await exported(run, { out: plain });
    await exported(run, { out: packed, compress: true });
    expect(Buffer.from(inflated(fs.readFileSync(packed)))).toEqual(fs.readFileSync(plain));
  });

  it('replaces a file by force only', async () => {
    const { parent, run } = recorded();
    const out = join(parent, 'deep', 'er', 'x.pftrace');
    await exported(run, { out });
    fs.writeFileSync(out, 'mine');
    expect(await refusal(run, { out })).toBe(
      `2 E_OUT_EXISTS /${folders}/deep/er/x.pftrace exists | give another name with --out, or --force to replace it`,
    );
    expect(fs.readFileSync(out, 'utf8')).toBe('mine');
    await exported(run, { out, force: true });
    expect(fs.readFileSync(out, 'utf8')).not.toBe('mine');
    expect(await refusal(run, { out: parent, force: true })).toMatch(
      /^2 E_OUT_EXISTS .* is a folder/,
    );
    expect(await refusal(run, { format: 'csv', out })).toMatch(/^2 E_OUT_DENIED /);
  });

  it('of a run that is not whole says so', async () => {
    const { run } = recorded({ end: { exit: 'interrupted' } });
    const notes: string[] = [];
    const result = await exported(run, { onNote: (text) => notes.push(text) });
    expect(notes).toEqual([`${run} is not a whole run: the run was interrupted`]);
    expect(result).toMatchObject({ incomplete: 'the run was interrupted', trace: { slices: 2 } });
  });

  it('of a run without atoms says so', async () => {
    const { run } = recorded({ level: 'requests' });
    const notes: string[] = [];
    const onNote = (text: string): void => void notes.push(text);
    await exported(run, { onNote });
    expect(notes).toEqual([`${run} was made with --record requests: the trace has no TPCs`]);
    const { files } = await exported(run, { format: 'csv' });
    expect(files.map(({ path }) => path.slice(run.length))).toEqual([
      '-csv/requests.csv',
      '-csv/counters.csv',
    ]);
    expect(await refusal(run, { format: 'csv', table: 'atoms' })).toMatch(/^2 E_EXPORT_NOTHING /);
  });
});

describe('what cannot be exported is refused, and nothing is left behind', () => {
  const MISSING = '2 E_RECORD_MISSING';
  const FOREIGN = '2 E_RECORD_FOREIGN';
  const write = (name: string, text: string) => (run: string) =>
    fs.writeFileSync(join(run, name), text);

  it.each([
    ['no run', (run: string) => fs.rmSync(run, { recursive: true }), MISSING],
    ['an empty folder', (run: string) => fs.rmSync(join(run, 'manifest.json')), MISSING],
    ['a missing table', (run: string) => fs.rmSync(join(run, 'counters.parquet')), MISSING],
    ['a foreign manifest', write('manifest.json', '{"schema":"other"}'), FOREIGN],
    [
      'an empty manifest',
      write('manifest.json', '{"schema":"lithos/run@1"}'),
      '2 E_RECORD_DAMAGED',
    ],
    ['a newer run', write('manifest.json', '{"schema":"lithos/run@2"}'), '2 E_RECORD_VERSION'],
    ['a foreign table', write('atoms.parquet', 'a,b\r\n'), FOREIGN],
    [
      'a cut-off table',
      (run: string) => fs.truncateSync(join(run, 'atoms.parquet'), 200),
      '2 E_RECORD_TRUNCATED',
    ],
    [
      'a folder for a table',
      (run: string) => {
        fs.rmSync(join(run, 'atoms.parquet'));
        fs.mkdirSync(join(run, 'atoms.parquet'));
      },
      '2 E_RECORD_READ',
    ],
  ])('%s', async (_, spoil, code) => {
    const { parent, run } = recorded();
    spoil(run);
    const before = listed(parent);
    const folder = join(parent, 'new');
    expect(await refusal(run, { out: join(folder, 'x.pftrace') })).toContain(`${code} `);
    expect(await refusal(run, { format: 'csv', out: folder })).toContain(`${code} `);
    expect(listed(parent)).toEqual(before);
  });

  it('several runs', async () => {
    const { parent, run } = recorded();
    fs.cpSync(run, join(parent, 'mps-seed3'), { recursive: true });
    expect(await refusal(parent)).toBe(
      `2 E_EXPORT_RUN /${folders} holds 2 runs | give one of them: /${folders}/lithos-seed3, /${folders}/mps-seed3`,
    );
  });

  it.each([
    [{ table: 'atoms' }, '--table is for --format csv'],
    [{ format: 'csv', compress: true }, '--compress is for --format perfetto'],
    [{ window: { fromNs: 2, toNs: 1 } }, '--from is after --to'],
  ] as const)('%j', async (options, message) => {
    expect(await refusal(recorded().run, options)).toContain(`2 E_VALUE ${message}`);
  });

  // Every write to this device fails for lack of space.
  it.runIf(fs.existsSync('/dev/full'))('where the disk is full', async () => {
    const { parent, run } = recorded();
    const out = join(parent, 'x.pftrace');
    fs.symlinkSync('/dev/full', `${out}.${process.pid}.partial`);
    expect(await refusal(run, { out })).toBe(
      `1 E_OUT_DISK no space left while writing /${folders}/x.pftrace (ENOSPC) | free some space or write elsewhere with --out; --from and --to export a part of the run`,
    );
    expect(listed(parent)).toEqual(['lithos-seed3']);
  });

  it('when it is stopped', async () => {
    const { parent, run } = recorded();
    const controller = new AbortController();
    const stopped = exported(run, {
      format: 'csv',
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stopped')),
    });
    await expect(stopped).rejects.toThrow('stopped');
    expect(listed(parent)).toEqual(['lithos-seed3']);
  });
});

const SCENARIO = `device: a100-40gb
duration: 8ms
tenants:
  - name: classify
    class: hp
    quota: 75%
    workload: { profile: resnet50-b1 }
    arrivals: { poisson: 400/s }
  - name: train
    class: be
    workload: { profile: resnet50-train-b32 }
    arrivals: { closed: 1 }
`;

describe('a simulated run', () => {
  it.each(['lithos', 'mps', 'time-slicing'])(
    'under %s has its atoms on their TPCs',
    async (policy) => {
      const outDir = join(ROOT, policy);
      await compare({
        scenario: parseScenario(SCENARIO, 'small.yaml', scenarioContext()),
        policies: [policy],
        seeds: [1],
        jobs: 1,
        outDir,
        record: 'all',
        lenient: false,
      });
      const { run, files } = await exported(outDir);
      const onTpcs = tracksOf(fs.readFileSync(files[0]?.path ?? ''))
        .filter(({ name }) => name.startsWith('TPC '))
        .flatMap(({ name, slices }) =>
          slices.map(
            (slice) => `${name} ${slice.beginNs} ${slice.endNs} ${slice.annotations.launch}`,
          ),
        );
      const atoms = await readRunTable(folderFiles(run), run, 'atoms');
      const of = (name: string, row: number): number => atoms?.numbers(name)[row] as number;
      const wanted = Array.from({ length: atoms?.rows ?? 0 }, (_, i) =>
        Array.from(
          TpcSet.ofWords(of('tpcs_0', i), of('tpcs_1', i), of('tpcs_2', i)),
          (tpc) => `TPC ${tpc} ${of('start_ns', i)} ${of('end_ns', i)} ${of('launch', i)}`,
        ),
      ).flat();
      expect(wanted.length).toBeGreaterThan(1000);
      expect(onTpcs.sort()).toEqual(wanted.sort());
    },
  );
});
