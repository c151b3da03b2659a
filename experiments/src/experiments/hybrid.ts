import type { Ns } from '@lithos/core';
import type { ScenarioTenant } from '../scenario-types.ts';
import { bestEffort, highPriority, iterationOf, load, seconds, timeFor } from './setup.ts';
import type { ExperimentContext } from './types.ts';

/** An inference service beside a training job. */
export interface Pair {
  readonly service: string;
  readonly training: string;
}

/**
 * Hybrid stacking: the paper's models, each once. Which of them it pairs is not known. The LLM is one
 * prefill a request, as in the author's own benchmarks (64 tokens in, one out).
 */
export const PAIRS: readonly Pair[] = [
  { service: 'resnet50-b1', training: 'vgg19-train-b32' },
  { service: 'bert-large-s384-b1', training: 'resnet50-train-b32' },
  { service: 'retinanet-b1', training: 'bert-large-train-b8-s128' },
  { service: 'yolo-cspdarknet53-b1', training: 'mobilenet_v2-train-b64' },
  { service: 'llama3-8b-prefill-t128', training: 'dlrm-train-b2048' },
];

/** Requests that a run should have: the P99 then rests on the slowest few. */
const REQUESTS = 600;
const QUICK_REQUESTS = 100;

export const serviceOf = ({ service }: Pair, share: number): ScenarioTenant =>
  highPriority('service', iterationOf(service), load(share));

export const trainingOf = ({ training }: Pair): ScenarioTenant =>
  bestEffort('training', iterationOf(training));

/** How long a pair is watched at a load. */
export function pairTime(context: ExperimentContext, { service }: Pair, share: number): Ns {
  const { iterationNs } = context.profile(service);
  return context.quick
    ? timeFor(QUICK_REQUESTS, iterationNs, share, [seconds(0.5), seconds(1)])
    : timeFor(REQUESTS, iterationNs, share, [seconds(2), seconds(8)]);
}

export const pairName = ({ service, training }: Pair): string => `${service} + ${training}`;
