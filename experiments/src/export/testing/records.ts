import { Submission, TpcSet } from '@lithos/core';
import fc from 'fast-check';
import type { ServedRequest } from '../../drivers/driver.ts';
import type { RecordLevel, RunDescription } from '../../record/manifest.ts';
import { readInParts } from '../../record/read.ts';
import { type RunEnd, RunRecorder } from '../../record/recorder.ts';
import { MemorySink } from '../../record/sink.ts';
import type { CounterSample } from '../../runner/run-sink.ts';
import { type ExportSource, openSource } from '../source.ts';

export const TENANTS = ['chat', 'train'] as const;
const KERNELS = ['gemm<float, "TN">', 'softmax', 'größer→', 'k4'];
/** TPCs of the device of the records. */
const TPCS = 54;

/** What an atom of a record is. */
export interface AtomSpec {
  readonly tenant: 0 | 1;
  readonly kernel: number;
  readonly startNs: number;
  readonly actualNs: number;
  readonly tpcs: readonly number[];
  readonly isStolen: boolean;
  readonly predictedNs: number;
  readonly sizedFrom: number;
  readonly priority: number;
}

export interface RequestSpec {
  readonly tenant: 0 | 1;
  readonly arrivalNs: number;
  readonly waitNs: number;
  readonly runNs: number;
  /** When in its running time the first token came, from 0 to 1. */
  readonly firstToken?: number;
  readonly met: boolean;
}

export interface RecordSpec {
  readonly atoms: readonly AtomSpec[];
  readonly requests: readonly RequestSpec[];
  readonly samples: readonly CounterSample[];
}

/** Times of a few ns, so that many are equal, and times of days. */
const time = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 0, max: 40 }).map((ns) => 2 ** 32 - 20 + ns),
  fc.integer({ min: 0, max: 2 ** 51 }),
);
const duration = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2 ** 40 }));
const tenant = fc.constantFrom(0 as const, 1 as const);

/** Any small record. */
export const recordSpecs: fc.Arbitrary<RecordSpec> = fc.record({
  atoms: fc.array(
    fc.record({
      tenant,
      kernel: fc.nat(KERNELS.length - 1),
      startNs: time,
      actualNs: duration,
      tpcs: fc.uniqueArray(fc.nat(TPCS - 1), { minLength: 1, maxLength: 12 }),
      isStolen: fc.boolean(),
      predictedNs: fc.oneof(fc.constant(0), fc.nat(1e9)),
      sizedFrom: fc.nat(54),
      priority: fc.nat(5),
    }),
    { maxLength: 25 },
  ),
  requests: fc.array(
    fc.record(
      {
        tenant,
        arrivalNs: time,
        waitNs: duration,
        runNs: duration,
        firstToken: fc.double({ min: 0, max: 1, noNaN: true }),
        met: fc.boolean(),
      },
      { requiredKeys: ['tenant', 'arrivalNs', 'waitNs', 'runNs', 'met'] },
    ),
    { maxLength: 25 },
  ),
  samples: fc.array(
    fc.record({
      timeNs: time,
      powerW: fc.double({ noNaN: true, noDefaultInfinity: true }),
      smClockMhz: fc.nat(2000),
      tpcsBusy: fc.double({ min: 0, max: TPCS, noNaN: true }),
      tpcsHeld: fc.tuple(fc.nat(TPCS), fc.nat(TPCS)),
    }),
    { maxLength: 8 },
  ),
});

const RUN: RunDescription = {
  scenario: { name: 'two tenants', device: 'a100-40gb' },
  policy: 'lithos',
  parameters: {},
  seed: 3,
  backend: 'sim',
  device: { id: 'a100-40gb' },
  inputs: [],
  code: '0.1.0',
};

export interface RecordOptions {
  readonly level?: RecordLevel;
  readonly run?: Partial<RunDescription>;
  readonly end?: Partial<RunEnd>;
}

/** Records a run in which this happened, as the runner does: in order of completion. */
export function record(
  spec: RecordSpec,
  { level = 'all', run, end }: RecordOptions = {},
): MemorySink {
  const sink = new MemorySink();
  const recorder = new RunRecorder({
    sink,
    level,
    tenants: TENANTS,
    run: { ...RUN, ...run },
    started: '2026-01-02T03:04:05Z',
  });
  submissions(spec).forEach((submission) => {
    recorder.submissionCompleted(submission);
  });
  for (const { tenant: number, request, met } of served(spec)) {
    recorder.requestFinished(number, request, met);
  }
  for (const sample of spec.samples) recorder.counters(sample);
  recorder.finish({ exit: 'complete', launches: spec.atoms.length, wallSeconds: 1, ...end });
  return sink;
}

export function sourceOf(sink: MemorySink): Promise<ExportSource> {
  return openSource(readInParts(sink), 'r');
}

function submissions({ atoms }: RecordSpec): readonly Submission[] {
  return atoms
    .map((spec, i) => {
      const s = new Submission();
      s.tenant = spec.tenant;
      s.stream = spec.tenant;
      s.launch = 10 * i;
      s.request = i;
      const name = KERNELS[spec.kernel] ?? '';
      s.work = { ordinal: 0, kernel: { ...s.work.kernel, id: spec.kernel, name } };
      s.blockBegin = 7 * i;
      s.blockEnd = 7 * i + 7;
      s.atom = i % 3;
      s.last = i % 3 === 2;
      s.tpcs = TpcSet.of(spec.tpcs);
      s.stolen = spec.isStolen ? s.tpcs.lowest(2) : TpcSet.EMPTY;
      s.stolenFrom = spec.isStolen ? 1 << (1 - spec.tenant) : 0;
      s.sizedFrom = spec.sizedFrom;
      s.predictedNs = spec.predictedNs;
      s.priority = spec.priority;
      s.submittedNs = Math.max(0, spec.startNs - 5);
      s.startNs = spec.startNs;
      s.endNs = spec.startNs + spec.actualNs;
      return s;
    })
    .sort((a, b) => a.endNs - b.endNs);
}

function served({
  requests,
}: RecordSpec): readonly { tenant: number; request: ServedRequest; met: boolean }[] {
  return requests
    .map(({ tenant: number, arrivalNs, waitNs, runNs, firstToken, met }, i) => {
      const startNs = arrivalNs + waitNs;
      const token = firstToken !== undefined && {
        firstTokenNs: startNs + Math.floor(firstToken * runNs),
        outputTokens: 5,
      };
      const request: ServedRequest = {
        request: i,
        arrivalNs,
        startNs,
        endNs: startNs + runNs,
        inputTokens: 17,
        row: i % 2 === 0 ? i : -1,
        ...token,
      };
      return { tenant: number, request, met };
    })
    .sort((a, b) => a.request.endNs - b.request.endNs);
}
