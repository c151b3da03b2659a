import { findPolicy, resolveParameters } from '@lithos/core';
import { type Scenario, scenarioToJson, VERSION } from '@lithos/experiments';
import { DEVICES } from '@lithos/sim';
import type { OpenRun } from '../data/open-in-worker.ts';
import { arrangeRequests, type Draft } from '../data/requests.ts';
import type { RunData } from '../data/run-data.ts';
import { ownersOf, tenantsOf } from '../data/run-facts.ts';
import type { Series, Sums } from '../data/sums.ts';
import type { Windows } from '../data/window.ts';
import { newRunId, type PlotRun, plotRun } from '../view/plot.ts';
import { LIVE_BUCKETS, type LiveReport, REQUEST_FIELDS } from './live-sink.ts';

/** A run that goes on, as the timeline shows it: sums over coarse parts of it, and its requests. */
export interface LiveRun {
  /** Takes a report in and gives what is to be shown. */
  update(report: LiveReport): PlotRun;
}

/** @param settings parameters of the policy that are not as they are by default */
export function createLiveRun(
  scenario: Scenario,
  policy: string,
  settings: Readonly<Record<string, number>> = {},
): LiveRun {
  const gpcs = DEVICES.find(({ id }) => id === scenario.device)?.geometry.tpcsPerGpc.value ?? [];
  const tpcs = gpcs.reduce((a, b) => a + b, 0);
  const manifest: RunData['manifest'] = {
    schema: 'lithos/run@1',
    exit: 'running',
    scenario: scenarioToJson(scenario),
    policy,
    parameters: resolveParameters(findPolicy(policy), settings),
    seed: scenario.seed,
    backend: 'sim',
    device: { id: scenario.device },
    inputs: [],
    code: VERSION,
    record: 'all',
    tenants: scenario.tenants.map(({ name }) => name),
    wall: { started: '' },
  };
  const tenants = tenantsOf(manifest);
  const series: readonly Series[] = tenants.flatMap((_, tenant) => [
    { tenant, stolen: false, dimmed: false },
    { tenant, stolen: true, dimmed: false },
  ]);
  const drafts: Draft[] = [];
  const id = newRunId();
  return {
    update: (report) => {
      addRequests(drafts, report.requests);
      const { windows, sums } = liveWindows(report.sums, series, tpcs, scenario.durationNs);
      const data: RunData = {
        name: 'running',
        manifest,
        summary: undefined,
        summaryText: undefined,
        incomplete: `simulating: ${Math.floor(report.share * 100)} %`,
        durationNs: scenario.durationNs,
        warmupNs: scenario.warmupNs,
        tenants,
        gpcs,
        ownerOfTpc: ownersOf(tenants, tpcs),
        atoms: {
          count: report.atoms,
          tracks: [],
          keys: [],
          dimmedFrom: 0,
          sets: [],
          classes: {
            count: tpcs,
            ofTpc: Uint8Array.from({ length: tpcs }, (_, i) => i),
            sizes: new Uint8Array(tpcs).fill(1),
            starts: new Uint32Array(1),
            members: new Uint8Array(0),
          },
          ownerOfClass: ownersOf(tenants, tpcs),
          kernels: [],
          shared: true,
        },
        sums,
        requests: arrangeRequests(drafts, tenants.length),
        counters: undefined,
      };
      const open: OpenRun = {
        data,
        source: { kind: 'memory', name: data.name, files: new Map() },
        detail: () => Promise.resolve(undefined),
        kinds: () => Promise.resolve(undefined),
        close: () => {},
      };
      return { ...plotRun(open, id), windows };
    },
  };
}

function addRequests(drafts: Draft[], rows: Float64Array): void {
  for (let at = 0; at < rows.length; at += REQUEST_FIELDS) {
    const field = (i: number): number => rows[at + i] as number;
    drafts.push({
      tenant: field(0),
      number: field(1),
      arrival: field(2),
      start: field(3),
      firstToken: field(4),
      end: field(5),
      inputTokens: field(6),
      outputTokens: field(7),
      missed: field(8),
    });
  }
}

/** Windows over sums of buckets; within a bucket its time counts as spread evenly. */
function liveWindows(
  buckets: Float32Array,
  series: readonly Series[],
  tpcs: number,
  durationNs: number,
): { readonly windows: Windows; readonly sums: Sums } {
  const width = series.length + 1;
  const cells = tpcs * width;
  const bucketNs = durationNs / LIVE_BUCKETS;
  // Running sums, with the time in which anybody held the TPC last in each row.
  const running = new Float64Array((LIVE_BUCKETS + 1) * cells);
  for (let b = 0; b < LIVE_BUCKETS; b++) {
    for (let tpc = 0; tpc < tpcs; tpc++) {
      const at = b * cells + tpc * width;
      let total = 0;
      for (let s = 0; s < series.length; s++) {
        const value = buckets[(b * tpcs + tpc) * series.length + s] as number;
        total += value;
        running[at + cells + s] = (running[at + s] as number) + value;
      }
      const last = at + series.length;
      running[last + cells] = (running[last] as number) + Math.min(bucketNs, total);
    }
  }
  const columns = (edges: Float64Array, target: Float64Array): void => {
    const before = new Float64Array(cells);
    const after = new Float64Array(cells);
    until(edges[0] as number, before);
    for (let w = 0; w + 1 < edges.length; w++) {
      until(edges[w + 1] as number, after);
      for (let c = 0; c < cells; c++) {
        target[w * cells + c] = (after[c] as number) - (before[c] as number);
      }
      before.set(after);
    }
  };
  const until = (time: number, target: Float64Array): void => {
    const place = Math.min(LIVE_BUCKETS, Math.max(0, time / bucketNs));
    const b = Math.min(LIVE_BUCKETS - 1, Math.floor(place));
    const part = place - b;
    for (let c = 0; c < cells; c++) {
      const low = running[b * cells + c] as number;
      target[c] = low + part * ((running[(b + 1) * cells + c] as number) - low);
    }
  };
  return {
    windows: {
      cells,
      columns,
      window: (from, to) => {
        const target = new Float64Array(cells);
        columns(Float64Array.of(from, to), target);
        return target;
      },
    },
    sums: {
      series,
      width,
      anybody: series.length,
      bucketNs,
      buckets: LIVE_BUCKETS,
      blockBuckets: 1,
      blocks: new Float64Array(0),
      fine: new Uint32Array(0),
      sharedIn: new Uint8Array(0),
    },
  };
}
