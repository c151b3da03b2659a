import { LithosError } from '@lithos/core';
import type { ByteSource } from '@lithos/experiments';
import { openTable, TABLES } from '@lithos/experiments';

/** Requests of a run by tenant and arrival: completed ones and those that were not at the end. */
export interface Requests {
  readonly count: number;
  /** Requests of tenant t are those from `starts[t]` to `starts[t + 1] - 1`. */
  readonly starts: Uint32Array;
  readonly arrival: Float64Array;
  /** First launch; NaN if it is not known. */
  readonly start: Float64Array;
  /** First token; NaN if there is none. */
  readonly firstToken: Float64Array;
  /** Completion; NaN if the run ended before. */
  readonly end: Float64Array;
  /** The tenant's own number; NaN for requests that did not complete. */
  readonly number: Float64Array;
  readonly inputTokens: Float64Array;
  readonly outputTokens: Float64Array;
  /** 1 if it missed an objective. */
  readonly missed: Uint8Array;
  /** Row in which it is drawn, so that none overlaps another of its tenant. */
  readonly lane: Uint16Array;
  /** Rows that each tenant needs. */
  readonly lanes: Uint16Array;
}

/** Requests in any order, as they are read. */
export interface Draft {
  tenant: number;
  arrival: number;
  start: number;
  firstToken: number;
  end: number;
  number: number;
  inputTokens: number;
  outputTokens: number;
  missed: number;
}

/** Reads `requests.parquet`, and `unfinished.parquet` if the record has one. */
export async function readRequests(
  completed: ByteSource,
  unfinished: ByteSource | undefined,
  where: string,
  tenants: readonly string[],
): Promise<Requests> {
  const drafts = await readCompleted(completed, where, tenants);
  const left = unfinished === undefined ? [] : await readUnfinished(unfinished, where, tenants);
  return arrangeRequests([...drafts, ...left], tenants.length);
}

async function readCompleted(
  source: ByteSource,
  where: string,
  tenants: readonly string[],
): Promise<Draft[]> {
  const table = await openTable(source, `${where}/requests.parquet`, TABLES.requests);
  const drafts: Draft[] = [];
  for (let g = 0; g < table.groups; g++) {
    const names = await table.texts('tenant', g);
    const numbers = (name: string) => table.numbers(name, g);
    const number = await numbers('request');
    const arrival = await numbers('arrival_ns');
    const start = await numbers('start_ns');
    const firstToken = await numbers('first_token_ns');
    const end = await numbers('end_ns');
    const inputTokens = await numbers('input_tokens');
    const outputTokens = await numbers('output_tokens');
    const met = await numbers('met');
    for (let i = 0; i < number.length; i++) {
      drafts.push({
        tenant: tenantIndex(tenants, names.texts[names.codes[i] as number], table.where),
        arrival: arrival[i] as number,
        start: start[i] as number,
        firstToken: firstToken[i] as number,
        end: end[i] as number,
        number: number[i] as number,
        inputTokens: inputTokens[i] as number,
        outputTokens: outputTokens[i] as number,
        missed: met[i] === 0 ? 1 : 0,
      });
    }
  }
  return drafts;
}

async function readUnfinished(
  source: ByteSource,
  where: string,
  tenants: readonly string[],
): Promise<Draft[]> {
  const table = await openTable(source, `${where}/unfinished.parquet`, TABLES.unfinished);
  const drafts: Draft[] = [];
  for (let g = 0; g < table.groups; g++) {
    const names = await table.texts('tenant', g);
    const arrival = await table.numbers('arrival_ns', g);
    const firstToken = await table.numbers('first_token_ns', g);
    const late = await table.numbers('late', g);
    for (let i = 0; i < arrival.length; i++) {
      drafts.push({
        tenant: tenantIndex(tenants, names.texts[names.codes[i] as number], table.where),
        arrival: arrival[i] as number,
        start: Number.NaN,
        firstToken: firstToken[i] as number,
        end: Number.NaN,
        number: Number.NaN,
        inputTokens: Number.NaN,
        outputTokens: Number.NaN,
        missed: late[i] as number,
      });
    }
  }
  return drafts;
}

function tenantIndex(tenants: readonly string[], name: string | undefined, where: string): number {
  const index = tenants.indexOf(name ?? '');
  if (index >= 0) return index;
  throw new LithosError(
    'E_RECORD_DAMAGED',
    `${where} names a tenant that the manifest does not ('${name}'): the two are of different runs`,
    'copy the whole folder of the run again',
  );
}

/** Requests in columns, by tenant and arrival, each in the lowest free lane. */
export function arrangeRequests(drafts: readonly Draft[], tenants: number): Requests {
  const sorted = [...drafts].sort((a, b) => a.tenant - b.tenant || a.arrival - b.arrival);
  const starts = new Uint32Array(tenants + 1);
  for (const { tenant } of sorted) starts[tenant + 1] = (starts[tenant + 1] as number) + 1;
  for (let t = 0; t < tenants; t++)
    starts[t + 1] = (starts[t + 1] as number) + (starts[t] as number);
  const lane = new Uint16Array(sorted.length);
  const lanes = new Uint16Array(tenants);
  for (let t = 0; t < tenants; t++) {
    const free: number[] = [];
    for (let i = starts[t] as number; i < (starts[t + 1] as number); i++) {
      const { arrival, end } = sorted[i] as Draft;
      let k = free.findIndex((until) => until <= arrival);
      if (k < 0) k = free.length;
      free[k] = Number.isNaN(end) ? Number.POSITIVE_INFINITY : end;
      lane[i] = k;
    }
    lanes[t] = free.length;
  }
  const column = (of: (draft: Draft) => number): Float64Array => Float64Array.from(sorted, of);
  return {
    count: sorted.length,
    starts,
    arrival: column((d) => d.arrival),
    start: column((d) => d.start),
    firstToken: column((d) => d.firstToken),
    end: column((d) => d.end),
    number: column((d) => d.number),
    inputTokens: column((d) => d.inputTokens),
    outputTokens: column((d) => d.outputTokens),
    missed: Uint8Array.from(sorted, (d) => d.missed),
    lane,
    lanes,
  };
}

/** How many of a tenant's requests wait, and how many are in the system, as steps. */
export interface Depth {
  readonly time: Float64Array;
  readonly waiting: Int32Array;
  readonly inSystem: Int32Array;
  /** Most that waited at a time. */
  readonly mostWaiting: number;
}

/**
 * A tenant's queue over time. A request waits until its first launch, or until its first token where
 * only that is known; one of which neither is known waits to the end.
 */
export function depthOf(requests: Requests, tenant: number): Depth {
  const from = requests.starts[tenant] as number;
  const to = requests.starts[tenant + 1] as number;
  const events: { at: number; waiting: number; system: number }[] = [];
  for (let i = from; i < to; i++) {
    const begin = beginOf(requests, i);
    const end = requests.end[i] as number;
    events.push({ at: requests.arrival[i] as number, waiting: 1, system: 1 });
    if (!Number.isNaN(begin)) events.push({ at: begin, waiting: -1, system: 0 });
    if (!Number.isNaN(end)) events.push({ at: end, waiting: 0, system: -1 });
  }
  events.sort((a, b) => a.at - b.at);
  let waiting = 0;
  let mostWaiting = 0;
  let system = 0;
  const time = new Float64Array(events.length);
  const waitingColumn = new Int32Array(events.length);
  const systemColumn = new Int32Array(events.length);
  events.forEach((event, i) => {
    waiting += event.waiting;
    mostWaiting = Math.max(mostWaiting, waiting);
    system += event.system;
    time[i] = event.at;
    waitingColumn[i] = waiting;
    systemColumn[i] = system;
  });
  return { time, waiting: waitingColumn, inSystem: systemColumn, mostWaiting };
}

/** When a request stopped waiting; NaN if that is not known. */
export function beginOf(requests: Requests, i: number): number {
  const start = requests.start[i] as number;
  return Number.isNaN(start) ? (requests.firstToken[i] as number) : start;
}

/**
 * When a request got what it is there for, by one measure for all of a tenant's requests: the first
 * token of an LLM, the completion of anything else. NaN if that did not come before the run's end.
 */
export function servedOf(requests: Requests, i: number, llm: boolean): number {
  return (llm ? requests.firstToken[i] : requests.end[i]) as number;
}
