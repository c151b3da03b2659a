import type { Submission } from '@lithos/core';
import type { CounterSample, RunSink } from '@lithos/experiments';

/** What is shown of a run while it goes on. */
export interface LiveReport {
  /** Share of the run that is done. */
  readonly share: number;
  /** Sums of TPC time: see `LiveSink`. */
  readonly sums: Float32Array;
  /** Requests since the last report, `REQUEST_FIELDS` numbers each. */
  readonly requests: Float64Array;
  /** Atoms so far. */
  readonly atoms: number;
}

/** tenant, number, arrival, start, first token, end, input tokens, output tokens, missed. */
export const REQUEST_FIELDS = 9;
/** Parts that a run's time is cut into while it is shown live. */
export const LIVE_BUCKETS = 1024;

type ServedRequest = Parameters<RunSink['requestFinished']>[1];

/**
 * Sums a run up while it goes on: time by bucket, TPC and series, a series being a tenant with its
 * own TPCs or with stolen ones. Passes everything on to a recorder.
 */
export class LiveSink implements RunSink {
  readonly sums: Float32Array;
  private readonly next: RunSink;
  private readonly bucketNs: number;
  private readonly tpcs: number;
  private readonly series: number;
  private requests: number[] = [];
  private atoms = 0;

  constructor(next: RunSink, durationNs: number, tpcs: number, tenants: number) {
    this.next = next;
    this.bucketNs = durationNs / LIVE_BUCKETS;
    this.tpcs = tpcs;
    this.series = tenants * 2;
    this.sums = new Float32Array(LIVE_BUCKETS * tpcs * this.series);
  }

  submissionCompleted(s: Submission): void {
    this.next.submissionCompleted(s);
    this.atoms += 1;
    const series = s.tenant * 2 + (s.stolen.size > 0 ? 1 : 0);
    let bucket = Math.min(LIVE_BUCKETS - 1, Math.floor(s.startNs / this.bucketNs));
    let at = s.startNs;
    while (at < s.endNs) {
      const last = bucket === LIVE_BUCKETS - 1;
      const border = last ? s.endNs : Math.min(s.endNs, (bucket + 1) * this.bucketNs);
      const row = bucket * this.tpcs * this.series + series;
      for (let tpc = 0; tpc < this.tpcs; tpc++) {
        const word = tpc < 32 ? s.tpcs.w0 : tpc < 64 ? s.tpcs.w1 : s.tpcs.w2;
        if (((word >>> (tpc & 31)) & 1) === 0) continue;
        const cell = row + tpc * this.series;
        this.sums[cell] = (this.sums[cell] as number) + (border - at);
      }
      at = border;
      bucket += 1;
      if (last) return;
    }
  }

  requestFinished(tenant: number, request: ServedRequest, met: boolean): void {
    this.next.requestFinished(tenant, request, met);
    this.requests.push(
      tenant,
      request.request,
      request.arrivalNs,
      request.startNs,
      request.firstTokenNs ?? Number.NaN,
      request.endNs,
      request.inputTokens,
      request.outputTokens ?? Number.NaN,
      met ? 0 : 1,
    );
  }

  requestUnfinished(...parts: Parameters<NonNullable<RunSink['requestUnfinished']>>): void {
    this.next.requestUnfinished?.(...parts);
  }

  counters(sample: CounterSample): void {
    this.next.counters(sample);
  }

  report(share: number): LiveReport {
    const requests = Float64Array.from(this.requests);
    this.requests = [];
    return { share, sums: this.sums.slice(), requests, atoms: this.atoms };
  }
}
