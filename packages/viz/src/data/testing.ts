import { Submission, TpcSet } from '@lithos/core';
import { MemorySink, RunRecorder, type RunSummary } from '@lithos/experiments';

/** An atom of a made-up run. */
export interface TestAtom {
  readonly tenant: number;
  readonly stream: number;
  readonly start: number;
  readonly end: number;
  readonly tpcs: readonly number[];
  readonly stolen: readonly number[];
  readonly request?: number;
  readonly kernel?: string;
  readonly submitted?: number;
  readonly predicted?: number;
  readonly sizedFrom?: number;
  /** Which atom of its launch it is, and whether it is the last one; the only one if not given. */
  readonly atom?: number;
  readonly last?: boolean;
}

export interface TestRequest {
  readonly tenant: number;
  readonly arrival: number;
  readonly start: number;
  readonly end: number;
  readonly met: boolean;
}

/** A moment's counters; what is left out could not be told. */
export interface TestReading {
  readonly time: number;
  readonly powerW?: number;
  readonly smClockMhz?: number;
}

export const TEST_TENANTS = ['chat', 'detect', 'train'] as const;

/** A run record in memory with these atoms, written in their order of completion. */
export function recordOf(
  atoms: readonly TestAtom[],
  durationNs: number,
  requests: readonly TestRequest[] = [],
  policy = 'lithos',
  readings: readonly TestReading[] = [],
): Map<string, Uint8Array> {
  const sink = new MemorySink();
  const recorder = new RunRecorder({
    sink,
    level: 'all',
    tenants: TEST_TENANTS,
    started: '2026-01-02T03:04:05Z',
    run: {
      scenario: {
        name: 'made-up',
        device: 'a100-40gb',
        duration: `${durationNs}ns`,
        tenants: TEST_TENANTS.map((name, i) => ({
          name,
          class: i < 2 ? 'hp' : 'be',
          quota: [32, 11, 0][i] ?? 0,
          workload: { profile: 'x' },
          arrivals: { closed: 1 },
          slo: {},
        })),
      },
      policy,
      parameters: {},
      seed: 1,
      backend: 'sim',
      device: { id: 'a100-40gb' },
      inputs: [],
      code: '0',
    },
  });
  for (const atom of [...atoms].sort((a, b) => a.end - b.end))
    recorder.submissionCompleted(made(atom));
  requests.forEach(({ tenant, arrival, start, end, met }, request) => {
    const times = { arrivalNs: arrival, startNs: start, endNs: end };
    recorder.requestFinished(tenant, { request, ...times, inputTokens: 0, row: -1 }, met);
  });
  for (const { time, powerW, smClockMhz } of readings) {
    recorder.counters({ timeNs: time, powerW, smClockMhz, tpcsBusy: 1, tpcsHeld: [1, 0, 0] });
  }
  const summary: RunSummary = {
    policy,
    seed: 1,
    simulated_s: durationNs / 1e9,
    launches: atoms.length,
    tenants: [],
    device: { tpc_utilization_pct: 0, energy_j: 0, mean_power_w: 0, mean_sm_clock_mhz: 0 },
    aggregate: { throughput_x: 0, goodput_x: 0 },
  };
  recorder.finish({ exit: 'complete', launches: atoms.length, wallSeconds: 1, summary });
  return sink.files;
}

function made(atom: TestAtom): Submission {
  const s = new Submission();
  const name = atom.kernel ?? 'k';
  s.tenant = atom.tenant;
  s.stream = atom.stream;
  s.request = atom.request ?? 0;
  s.work = { ordinal: 0, kernel: { ...s.work.kernel, id: name.charCodeAt(0), name } };
  s.submittedNs = atom.submitted ?? atom.start;
  s.startNs = atom.start;
  s.endNs = atom.end;
  s.tpcs = TpcSet.of(atom.tpcs);
  s.stolen = TpcSet.of(atom.stolen);
  s.predictedNs = atom.predicted ?? 0;
  s.sizedFrom = atom.sizedFrom ?? 0;
  s.atom = atom.atom ?? 0;
  s.last = atom.last ?? true;
  return s;
}
