import type { RunData } from './run-data.ts';

/** A request: whose it is, and its place among all of its run's. */
export interface RequestRef {
  readonly tenant: string;
  readonly arrivalNs: number;
  /** Its place among its tenant's arrivals. */
  readonly ordinal: number;
}

type WithRequests = Pick<RunData, 'requests' | 'tenants'>;

/** What tells a request from others, in any run. */
export function requestRef({ requests, tenants }: WithRequests, index: number): RequestRef {
  const t = tenants.findIndex((_, i) => index < (requests?.starts[i + 1] ?? 0));
  return {
    tenant: tenants[t]?.name ?? '',
    arrivalNs: requests?.arrival[index] ?? 0,
    ordinal: index - (requests?.starts[t] ?? 0),
  };
}

/**
 * The request of a run that arrived at the same moment, or has the same place among its tenant's
 * arrivals: arrivals of a closed loop differ from run to run. -1 if there is none.
 */
export function sameRequest(data: WithRequests, ref: RequestRef): number {
  const { requests, tenants } = data;
  const t = tenants.findIndex(({ name }) => name === ref.tenant);
  if (requests === undefined || t < 0) return -1;
  const from = requests.starts[t] as number;
  const to = requests.starts[t + 1] as number;
  const index = requests.arrival.subarray(from, to).indexOf(ref.arrivalNs) + from;
  if (index >= from) return index;
  return from + ref.ordinal < to ? from + ref.ordinal : -1;
}
