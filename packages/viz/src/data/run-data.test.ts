import { LithosError } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { memoryFolder, openRun, type RunFolder } from './run-data.ts';
import { recordOf, type TestAtom } from './testing.ts';

const ATOMS: readonly TestAtom[] = [
  { tenant: 0, stream: 0, start: 0, end: 100, tpcs: [0, 1], stolen: [] },
  { tenant: 2, stream: 2, start: 50, end: 200, tpcs: [2], stolen: [2] },
];

const whole = (): Map<string, Uint8Array> => recordOf(ATOMS, 1000);

/** What opening a record says, as `CODE message`. */
async function refusal(files: ReadonlyMap<string, Uint8Array> | RunFolder): Promise<string> {
  try {
    await openRun('open' in files ? files : memoryFolder('r', files));
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    return `${error.code} ${error.message}`;
  }
  return 'opened';
}

type Change = Readonly<Record<string, unknown>>;

/** The record with one of its JSON files changed. */
function withJson(file: string, change: Change): Map<string, Uint8Array> {
  const files = whole();
  const before = JSON.parse(new TextDecoder().decode(files.get(file)));
  files.set(file, new TextEncoder().encode(JSON.stringify({ ...before, ...change })));
  return files;
}
const withManifest = (change: Change): Map<string, Uint8Array> => withJson('manifest.json', change);
const withSummary = (change: Change): Map<string, Uint8Array> => withJson('summary.json', change);

describe('openRun', () => {
  it('opens a whole record', async () => {
    const { data } = await openRun(memoryFolder('r', whole()));
    expect(data.atoms?.count).toBe(2);
    expect(data.durationNs).toBe(1000);
    expect(data.tenants.map(({ name, quotaTpcs }) => [name, quotaTpcs])).toEqual([
      ['chat', 32],
      ['detect', 11],
      ['train', 0],
    ]);
    expect(data.gpcs).toEqual([8, 8, 8, 8, 8, 7, 7]);
  });

  it('refuses a folder without a record, and one without a file that was recorded', async () => {
    expect(await refusal(new Map())).toMatch(/^E_RECORD_MISSING r: no run record here/);
    const files = whole();
    files.delete('atoms.parquet');
    expect(await refusal(files)).toMatch(/^E_RECORD_MISSING r: atoms.parquet is missing, though/);
  });

  it('opens a record that was made without atoms', async () => {
    const files = withManifest({ record: 'requests' });
    files.delete('atoms.parquet');
    const { data } = await openRun(memoryFolder('r', files));
    expect(data.atoms).toBeUndefined();
    expect(data.requests).toBeDefined();
  });

  it('has no column of what a GPU could not tell', async () => {
    const readings = [
      { time: 10, smClockMhz: 1980 },
      { time: 20, smClockMhz: 1200 },
    ];
    const files = recordOf(ATOMS, 1000, [], 'lithos', readings);
    const { counters } = (await openRun(memoryFolder('r', files))).data;
    expect(counters?.time).toEqual(Float64Array.of(10, 20));
    expect(counters?.columns.get('sm_clock_mhz')).toEqual(Float64Array.of(1980, 1200));
    expect(counters?.columns.has('power_w')).toBe(false);
    expect(counters?.columns.has('tpcs_busy')).toBe(true);
  });

  it.each(['summary', 'none'])(
    'opens a record that was made without tables, as %s',
    async (record) => {
      const files = withManifest({ record });
      for (const name of [...files.keys()]) if (name.endsWith('.parquet')) files.delete(name);
      const { data } = await openRun(memoryFolder('r', files));
      expect(data.atoms).toBeUndefined();
      expect(data.requests).toBeUndefined();
    },
  );

  it('refuses newer versions of any part', async () => {
    expect(await refusal(withManifest({ schema: 'lithos/run@7' }))).toMatch(
      /^E_RECORD_VERSION r\/manifest.json: written as/,
    );
  });

  it('refuses a run that goes on or that found the disk full, and shows an interrupted one as such', async () => {
    expect(await refusal(withManifest({ exit: 'running' }))).toMatch(
      /^E_RECORD_INCOMPLETE r: the record is not complete: the run crashed, or still goes on/,
    );
    expect(await refusal(withManifest({ exit: 'disk-full', reason: 'x' }))).toMatch(
      /^E_RECORD_INCOMPLETE/,
    );
    const { data } = await openRun(memoryFolder('r', withManifest({ exit: 'interrupted' })));
    expect(data.incomplete).toBe('the run was interrupted');
  });

  it('refuses parts of different runs', async () => {
    const counts = { launches: 1, atoms: 3, requests: 0, counter_samples: 0 };
    expect(await refusal(withManifest({ counts }))).toBe(
      'E_RECORD_DAMAGED r: 2 atoms in the file, 3 in the manifest: the two are of different runs',
    );
    expect(await refusal(withManifest({ tenants: 7 }))).toBe(
      'E_RECORD_DAMAGED r: manifest.json has no list of tenants',
    );
    expect(await refusal(withManifest({ device: null }))).toBe(
      'E_RECORD_DAMAGED r: manifest.json has no device',
    );
    expect(await refusal(withManifest({ tenants: ['x', 'y'] }))).toMatch(
      /^E_RECORD_DAMAGED r\/atoms.parquet names a tenant that the manifest does not/,
    );
  });

  it('refuses tables and a summary of another run', async () => {
    const counts = { launches: 1, atoms: 2, requests: 0, counter_samples: 0 };
    expect(await refusal(withManifest({ counts }))).toBe('opened');
    expect(await refusal(withManifest({ counts: { ...counts, requests: 7 } }))).toMatch(
      /^E_RECORD_DAMAGED r: 0 completed requests in the file, 7 in the manifest/,
    );
    expect(await refusal(withManifest({ counts: { ...counts, counter_samples: 7 } }))).toMatch(
      /^E_RECORD_DAMAGED r: 0 counter samples in the file, 7 in the manifest/,
    );
    expect(await refusal(withSummary({ policy: 'mps' }))).toMatch(
      /^E_RECORD_DAMAGED r: policy mps in the summary, lithos in the manifest/,
    );
    expect(await refusal(withSummary({ seed: 2 }))).toMatch(
      /^E_RECORD_DAMAGED r: seed 2 in the summary, 1 in the manifest/,
    );
    const files = whole();
    files.delete('summary.json');
    expect(await refusal(files)).toMatch(/^E_RECORD_MISSING r: summary.json is missing, though/);
  });

  it('refuses JSON files that lack a figure, saying which', async () => {
    const scenario = { tenants: [null] };
    expect(await refusal(withManifest({ scenario }))).toBe(
      'E_RECORD_DAMAGED r: the scenario in manifest.json has a tenant that is none',
    );
    const tenant = {
      name: 'chat',
      requests: 0,
      completed: 0,
      unfinished: 0,
      throughput_per_s: 0,
      normalized_throughput: 0,
      latency_ms: { p50: 0, p99: 0 },
    };
    expect(await refusal(withSummary({ tenants: [tenant] }))).toBe('opened');
    for (const [tenants, said] of [
      [[null], 'summary.json has no tenants'],
      [[{ ...tenant, name: 1 }], 'summary.json has a tenant without a name'],
      [
        [{ ...tenant, latency_ms: undefined }],
        'latency_ms of tenant "chat" in summary.json is missing',
      ],
      [[{ ...tenant, ttft_ms: 3 }], 'ttft_ms of tenant "chat" in summary.json is missing'],
      [[{ ...tenant, unfinished: '3' }], 'unfinished of tenant "chat" in summary.json is missing'],
    ] as const) {
      expect(await refusal(withSummary({ tenants }))).toContain(`E_RECORD_DAMAGED r: ${said}`);
    }
    expect(await refusal(withSummary({ aggregate: { hp_slo_attainment_pct: null } }))).toBe(
      'E_RECORD_DAMAGED r: summary.json has no aggregate',
    );
  });

  it('refuses TPCs that the device does not have, and takes those of a device that is not known', async () => {
    const far = recordOf([{ ...(ATOMS[0] as TestAtom), tpcs: [60] }], 1000);
    expect(await refusal(far)).toBe(
      'E_RECORD_DAMAGED r/atoms.parquet has an atom on TPC 60 of a device with 54',
    );
    const manifest = JSON.parse(new TextDecoder().decode(far.get('manifest.json')));
    const text = JSON.stringify({ ...manifest, device: { id: 'gpu-of-tomorrow' } });
    far.set('manifest.json', new TextEncoder().encode(text));
    expect((await openRun(memoryFolder('r', far))).data.gpcs).toEqual([61]);
  });

  it.each(['atoms.parquet', 'requests.parquet', 'counters.parquet', 'unfinished.parquet'])(
    'refuses %s cut off at any byte, or of another kind',
    async (name) => {
      const bytes = whole().get(name) ?? new Uint8Array(0);
      for (let length = 4; length < bytes.length; length += 97) {
        const files = whole();
        files.set(name, bytes.subarray(0, length));
        expect(await refusal(files)).toMatch(/^E_RECORD_TRUNCATED r\//);
      }
      const files = whole();
      files.set(name, new TextEncoder().encode('id,name\n1,x\n'));
      expect(await refusal(files)).toMatch(/^E_RECORD_FOREIGN r\//);
    },
  );

  it('refuses or opens, and does not hang, whatever byte is flipped', async () => {
    const bytes = whole().get('atoms.parquet') ?? new Uint8Array(0);
    for (let at = 0; at < bytes.length; at += 13) {
      const flipped = bytes.slice();
      flipped[at] = (flipped[at] as number) ^ 0xff;
      const files = whole();
      files.set('atoms.parquet', flipped);
      expect(await refusal(files)).toMatch(/^(opened|E_RECORD_(DAMAGED|FOREIGN|TRUNCATED) )/);
    }
  });

  it('reads a few bytes of a file of 2 GB that is none of ours', async () => {
    let read = 0;
    const folder = memoryFolder('r', whole());
    const said = await refusal({
      ...folder,
      open: async (path) =>
        path !== 'atoms.parquet'
          ? folder.open(path)
          : {
              byteLength: 2 ** 31,
              slice: async (start, end) => {
                read += end - start;
                return new Uint8Array(end - start);
              },
            },
    });
    expect(said).toMatch(/^E_RECORD_FOREIGN r\/atoms.parquet/);
    expect(read).toBeLessThan(100);
  });
});
