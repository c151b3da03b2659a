import { LithosError, Submission, TpcSet } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import type { ServedRequest } from '../drivers/driver.ts';
import { ATOM_GROUP_ROWS } from './atoms.ts';
import type { RunDescription, RunSummary } from './manifest.ts';
import { readRun, readRunTable } from './read.ts';
import { type RunEnd, RunRecorder } from './recorder.ts';
import { type FileSink, MemorySink } from './sink.ts';

const RUN: RunDescription = {
  scenario: { device: 'a100-40gb' },
  policy: 'lithos',
  parameters: { slip: 0.1 },
  seed: 1,
  backend: 'sim',
  device: { id: 'a100-40gb' },
  inputs: [{ name: 'resnet50-b8', sha256: 'abc' }],
  code: '0.1.0',
};

const SUMMARY: RunSummary = {
  policy: 'lithos',
  seed: 1,
  simulated_s: 1,
  launches: 3,
  tenants: [],
  device: { tpc_utilization_pct: 0, energy_j: 0, mean_power_w: 0, mean_sm_clock_mhz: 0 },
  aggregate: { throughput_x: 0, goodput_x: 0 },
};

const END: RunEnd = { exit: 'complete', launches: 3, wallSeconds: 2.5, summary: SUMMARY };

function recorder(sink: FileSink, level: 'all' | 'requests' | 'none' = 'all'): RunRecorder {
  const started = '2026-01-02T03:04:05Z';
  return new RunRecorder({ sink, level, tenants: ['chat', 'train'], run: RUN, started });
}

/** The `i`th atom: every field has a value of its own. */
function atom(i: number): Submission {
  const s = new Submission();
  s.tenant = i % 2;
  s.stream = 10 + (i % 2);
  s.launch = Math.floor(i / 3);
  s.request = Math.floor(i / 9);
  s.work = {
    ordinal: 0,
    kernel: { ...s.work.kernel, id: i % 5, name: i % 5 < 2 ? 'gemm<…>' : `k${i % 5}` },
  };
  s.blockBegin = (i % 3) * 100;
  s.blockEnd = s.blockBegin + 100;
  s.atom = i % 3;
  s.tpcs = TpcSet.of([0, 31, 32 + (i % 20), 70]);
  s.priority = i % 3;
  s.stolen = i % 4 === 0 ? TpcSet.of([70]) : TpcSet.EMPTY;
  s.predictedNs = i % 7 === 0 ? 0 : 1000.4 + i;
  s.submittedNs = i * 20_000;
  s.startNs = s.submittedNs + 700;
  s.endNs = s.startNs + 15_000 + ((i * 7919) % 9000);
  return s;
}

const llmRequest: ServedRequest = {
  request: 4,
  arrivalNs: 100,
  startNs: 200,
  firstTokenNs: 300,
  endNs: 400,
  inputTokens: 17,
  outputTokens: 5,
  row: 99,
};
const plainRequest: ServedRequest = {
  request: 5,
  arrivalNs: 1,
  startNs: 2,
  endNs: 3,
  inputTokens: 0,
  row: -1,
};

describe('RunRecorder', () => {
  it('records atoms, requests and counters that read back', async () => {
    const sink = new MemorySink();
    const record = recorder(sink);
    const count = ATOM_GROUP_ROWS + 10;
    for (let i = 0; i < count; i++) record.submissionCompleted(atom(i));
    record.requestFinished(0, llmRequest, true);
    record.requestFinished(1, plainRequest, false);
    record.requestUnfinished(0, { arrivalNs: 7, firstTokenNs: 9 }, true);
    record.requestUnfinished(1, { arrivalNs: 8 }, false);
    const sample = { powerW: 250.5, smClockMhz: 1410, tpcsBusy: 54, tpcsHeld: [40, 14] };
    record.counters({ timeNs: 10e6, ...sample });
    record.finish(END);

    const { manifest, summary, incomplete } = await readRun(sink, 'r');
    expect(incomplete).toBeUndefined();
    expect(manifest).toMatchObject({
      schema: 'lithos/run@1',
      ...RUN,
      exit: 'complete',
      record: 'all',
      counts: { launches: 3, atoms: count, requests: 2, counter_samples: 1 },
      wall: { started: '2026-01-02T03:04:05Z', seconds: 2.5 },
    });
    expect(summary).toMatchObject(SUMMARY);

    const atoms = await readRunTable(sink, 'r', 'atoms');
    const last = atom(count - 1);
    const of = (name: string) => atoms?.numbers(name)[count - 1];
    expect(atoms?.rows).toBe(count);
    expect(atoms?.texts('tenant').slice(0, 3)).toEqual(['chat', 'train', 'chat']);
    expect(atoms?.texts('kernel').slice(0, 6)).toEqual([
      'gemm<…>',
      'gemm<…>',
      'k2',
      'k3',
      'k4',
      'gemm<…>',
    ]);
    expect(
      TpcSet.ofWords(of('tpcs_0') ?? 0, of('tpcs_1') ?? 0, of('tpcs_2') ?? 0).equals(last.tpcs),
    ).toBe(true);
    expect({
      start: of('start_ns'),
      end: of('end_ns'),
      submitted: of('submitted_ns'),
      launch: of('launch'),
      request: of('request'),
      stream: of('stream'),
      blocks: [of('block_begin'), of('block_end')],
      atom: of('atom'),
      count: of('tpc_count'),
      priority: of('priority'),
      stolen: [of('stolen'), of('stolen_tpcs')],
      predicted: of('predicted_ns'),
      actual: of('actual_ns'),
    }).toEqual({
      start: last.startNs,
      end: last.endNs,
      submitted: last.submittedNs,
      launch: last.launch,
      request: last.request,
      stream: last.stream,
      blocks: [last.blockBegin, last.blockEnd],
      atom: last.atom,
      count: 4,
      priority: last.priority,
      stolen: [last.stolen.size > 0 ? 1 : 0, last.stolen.size],
      predicted: Math.round(last.predictedNs),
      actual: last.endNs - last.startNs,
    });

    const requests = await readRunTable(sink, 'r', 'requests');
    expect(requests?.texts('tenant')).toEqual(['chat', 'train']);
    expect(Array.from(requests?.numbers('first_token_ns') ?? [])).toEqual([300, Number.NaN]);
    expect(Array.from(requests?.numbers('input_tokens') ?? [])).toEqual([17, Number.NaN]);
    expect(Array.from(requests?.numbers('source_row') ?? [])).toEqual([99, Number.NaN]);
    expect(Array.from(requests?.numbers('met') ?? [])).toEqual([1, 0]);

    const unfinished = await readRunTable(sink, 'r', 'unfinished');
    expect(unfinished?.texts('tenant')).toEqual(['chat', 'train']);
    expect(Array.from(unfinished?.numbers('first_token_ns') ?? [])).toEqual([9, Number.NaN]);
    expect(Array.from(unfinished?.numbers('late') ?? [])).toEqual([1, 0]);

    const counters = await readRunTable(sink, 'r', 'counters', ['power_w', 'tpcs_held_train']);
    expect(counters?.names()).toEqual(['power_w', 'tpcs_held_train']);
    expect(counters?.numbers('tpcs_held_train')[0]).toBe(14);
  });

  it('leaves out what is not asked for', () => {
    const files = (level: 'requests' | 'none'): string[] => {
      const sink = new MemorySink();
      const record = recorder(sink, level);
      record.submissionCompleted(atom(0));
      record.requestFinished(0, llmRequest, true);
      record.finish(END);
      return [...sink.files.keys()].sort();
    };
    const always = ['manifest.json', 'summary.json'];
    expect(files('none')).toEqual(always);
    expect(files('requests')).toEqual(
      [...always, 'counters.parquet', 'requests.parquet', 'unfinished.parquet'].sort(),
    );
  });

  it('writes the same bytes for the same run, wall-clock fields apart', () => {
    const write = (wallSeconds: number): MemorySink => {
      const sink = new MemorySink();
      const record = recorder(sink);
      for (let i = 0; i < 1000; i++) record.submissionCompleted(atom(i));
      record.finish({ ...END, wallSeconds });
      return sink;
    };
    const [first, second] = [write(1), write(2)];
    for (const [name, bytes] of first.files) {
      if (name !== 'manifest.json') expect(second.files.get(name)).toEqual(bytes);
    }
    const text = (sink: MemorySink) => new TextDecoder().decode(sink.files.get('manifest.json'));
    expect(text(second)).toBe(text(first).replace('"seconds": 1', '"seconds": 2'));
  });

  it('says that a run is going on, was interrupted or failed', async () => {
    const sink = new MemorySink();
    const record = recorder(sink);
    expect((await readRun(sink, 'r')).incomplete).toBe('the run crashed, or still goes on');
    record.submissionCompleted(atom(0));
    const { summary: _, ...end } = END;
    record.finish({ ...end, exit: 'interrupted' });
    expect((await readRun(sink, 'r')).incomplete).toBe('the run was interrupted');
    expect((await readRunTable(sink, 'r', 'atoms'))?.rows).toBe(1);
    recorder(sink).finish({ ...end, exit: 'failed', reason: 'bang' });
    const again = await readRun(sink, 'r');
    expect(again.incomplete).toBe('the run failed (bang)');
    expect(again.summary).toBeUndefined();
    recorder(sink).finish({ ...end, exit: 'failed' });
    expect((await readRun(sink, 'r')).incomplete).toBe('the run failed');
  });
});

describe('a full disk', () => {
  /** A sink that takes no more bytes of tables; its manifest can be written, or not. */
  class FullSink extends MemorySink {
    manifestFails = false;

    override open(path: string) {
      const { close } = super.open(path);
      return { write: () => this.refuse(), close };
    }

    override replace(path: string, text: string): void {
      if (this.manifestFails) this.refuse();
      super.replace(path, text);
    }

    private refuse(): never {
      throw new LithosError('E_RECORD_DISK', 'no space left', undefined, 1);
    }
  }

  it('stops the run and marks the record', async () => {
    const sink = new FullSink();
    const record = recorder(sink);
    const fill = (): void => {
      for (let i = 0; i <= ATOM_GROUP_ROWS; i++) record.submissionCompleted(atom(i));
    };
    expect(fill).toThrow('no space left');
    expect(() => record.finish({ ...END, exit: 'failed' })).toThrow('no space left');
    const { manifest, incomplete } = await readRun(sink, 'r');
    expect(manifest.exit).toBe('disk-full');
    expect(incomplete).toBe('the disk was full (no space left)');
  });

  it('leaves the manifest at `running` if even that cannot be written', async () => {
    const sink = new FullSink();
    const record = recorder(sink);
    sink.manifestFails = true;
    expect(() => record.finish(END)).toThrow('no space left');
    expect((await readRun(sink, 'r')).manifest.exit).toBe('running');
  });
});
