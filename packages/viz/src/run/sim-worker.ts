import { findPolicy, LithosError, PolicyError, resolveParameters } from '@lithos/core';
import {
  MemorySink,
  measureSolo,
  parseScenario,
  RunRecorder,
  run,
  type Scenario,
  scenarioToJson,
  simBackend,
  VERSION,
} from '@lithos/experiments';
import { findDevice } from '@lithos/sim';
import { expose, transfer } from 'comlink';
import { buffersOf } from '../data/transfer.ts';
import type { Refusal } from '../worker/data-worker.ts';
import { contextFor } from './bundled.ts';
import { type LiveReport, LiveSink } from './live-sink.ts';
import { inputFiles, pageInputs } from './page-inputs.ts';
import { sha256 } from './sha256.ts';

/** A run to be done: the scenario as text, because a worker parses what it gets anyway. */
export interface RunOrder {
  readonly text: string;
  readonly fileName: string;
  readonly policy: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly solo: readonly number[];
}

export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** Wall time between two reports, ms, at least. */
const REPORT_MS = 250;
/**
 * Between two reports there is this many times the time that the page took to show the last one: what
 * it takes grows with the run, and a page that reports come to faster than it shows them hears no one.
 */
const REST = 4;

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const api = {
  /** What a tenant does alone on the device, per second. */
  solo(text: string, fileName: string, tenant: number): Promise<Answer<number>> {
    return attempt(async () => {
      const scenario = parseScenario(text, fileName, await contextFor(text));
      const inputs = await pageInputs(scenario);
      return measureSolo(scenario, tenant, simBackend, inputs, { pause: turn });
    });
  },

  /**
   * Does a run and gives the files of its record.
   * @param onReport settles when the page has shown the report
   */
  run(
    order: RunOrder,
    onReport: (report: LiveReport) => Promise<void>,
  ): Promise<Answer<ReadonlyMap<string, Uint8Array>>> {
    return attempt(async () => {
      return record(order, onReport);
    }).then((answer) =>
      answer.kind === 'done' ? transfer(answer, buffersOf(answer.value)) : answer,
    );
  },
};

export type SimWorker = typeof api;

async function record(
  order: RunOrder,
  onReport: (report: LiveReport) => Promise<void>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { text, fileName, policy, parameters, solo } = order;
  const scenario = parseScenario(text, fileName, await contextFor(text));
  const inputs = await pageInputs(scenario);
  const device = simBackend.open(scenario.device);
  const sink = new MemorySink();
  const recorder = new RunRecorder(await recorderOptions(scenario, order, sink));
  const { durationNs, tenants, seed } = scenario;
  const live = new LiveSink(recorder, durationNs, device.port.info.tpcs.size, tenants.length);
  let next = performance.now() + REPORT_MS;
  const report = async (share: number): Promise<void> => {
    const began = performance.now();
    if (began < next) return;
    next = Number.POSITIVE_INFINITY;
    const shown = live.report(share);
    await onReport(transfer(shown, [shown.sums.buffer, shown.requests.buffer] as ArrayBuffer[]));
    const now = performance.now();
    next = now + Math.max(REPORT_MS, REST * (now - began));
  };
  const result = await run(
    { scenario, policy, seed, parameters, solo, device, inputs, sink: live },
    {
      clock: () => performance.now(),
      pause: turn,
      onProgress: (share) => void report(share),
    },
  );
  const { wall_s, launches_per_wall_s: _, run_dir: __, exit, ...summary } = result;
  recorder.finish({ exit, launches: result.launches, wallSeconds: wall_s, summary });
  return sink.files;
}

async function recorderOptions(
  scenario: Scenario,
  { policy, parameters }: RunOrder,
  sink: MemorySink,
): Promise<ConstructorParameters<typeof RunRecorder>[0]> {
  return {
    sink,
    level: 'all',
    tenants: scenario.tenants.map((tenant) => tenant.name),
    started: new Date().toISOString(),
    run: {
      scenario: scenarioToJson(scenario),
      policy,
      parameters: resolveParameters(findPolicy(policy), parameters),
      seed: scenario.seed,
      backend: 'sim',
      device: {
        id: scenario.device,
        sha256: await sha256(JSON.stringify(findDevice(scenario.device))),
      },
      inputs: await inputFiles(scenario),
      code: VERSION,
    },
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (error instanceof LithosError) {
      const { code, message, fix } = error;
      return { kind: 'refused', refusal: { code, message, fix } };
    }
    const message = error instanceof Error ? error.message : String(error);
    const fix = error instanceof PolicyError ? 'this is an error in the policy' : undefined;
    return { kind: 'refused', refusal: { code: 'E_RUN', message, fix } };
  }
}

expose(api);
