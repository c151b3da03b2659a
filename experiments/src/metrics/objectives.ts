import type { Ns } from '@lithos/core';
import type { Slo } from '../scenario-types.ts';

/** A request that has completed. */
export interface FinishedRequest {
  readonly arrivalNs: Ns;
  /** Its first kernel was launched. */
  readonly startNs: Ns;
  /** LLM requests: the first output token was there. */
  readonly firstTokenNs?: Ns;
  readonly endNs: Ns;
  /** LLM requests: tokens produced. */
  readonly outputTokens?: number;
}

/** A request that waits or runs when the run ends. */
export interface UnfinishedRequest {
  readonly arrivalNs: Ns;
  readonly firstTokenNs?: Ns;
}

/** Time per output token after the first; `undefined` for a request of fewer than two tokens. */
export function timePerOutputToken(request: FinishedRequest): Ns | undefined {
  const { firstTokenNs, outputTokens, endNs } = request;
  if (firstTokenNs === undefined || outputTokens === undefined || outputTokens < 2) {
    return undefined;
  }
  return (endNs - firstTokenNs) / (outputTokens - 1);
}

/** True if any objective is stated. */
export function hasObjective(slo: Slo): boolean {
  return (
    slo.latencyP99Ns !== undefined || slo.ttftP99Ns !== undefined || slo.tpotP99Ns !== undefined
  );
}

/** True if the request is within every stated objective. */
export function meetsObjectives(request: FinishedRequest, slo: Slo): boolean {
  const { arrivalNs, endNs, firstTokenNs } = request;
  const within = (span: Ns | undefined, objective: Ns | undefined): boolean =>
    objective === undefined || span === undefined || span <= objective;
  const ttft = firstTokenNs === undefined ? undefined : firstTokenNs - arrivalNs;
  return (
    within(endNs - arrivalNs, slo.latencyP99Ns) &&
    within(ttft, slo.ttftP99Ns) &&
    within(timePerOutputToken(request), slo.tpotP99Ns)
  );
}

/** True if an unfinished request has missed an objective already at `nowNs`. */
export function isLate(request: UnfinishedRequest, slo: Slo, nowNs: Ns): boolean {
  const { arrivalNs, firstTokenNs } = request;
  const exceeds = (span: Ns, objective: Ns | undefined): boolean =>
    objective !== undefined && span > objective;
  return (
    exceeds(nowNs - arrivalNs, slo.latencyP99Ns) ||
    exceeds((firstTokenNs ?? nowNs) - arrivalNs, slo.ttftP99Ns)
  );
}
