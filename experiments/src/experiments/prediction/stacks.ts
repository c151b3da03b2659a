import type { Scenario, ScenarioTenant } from '../../scenario-types.ts';
import { PAIRS, pairName, pairTime, serviceOf, trainingOf } from '../hybrid.ts';
import {
  bestEffort,
  closed,
  highPriority,
  iterationOf,
  load,
  scenarioOf,
  seconds,
  TPCS,
  tpcsOf,
} from '../setup.ts';
import type { ExperimentContext } from '../types.ts';

/** A set of tenants whose predictions are counted. */
export interface Stack {
  readonly kind: 'inference' | 'hybrid';
  readonly name: string;
  readonly scenario: Scenario;
}

const LOAD = 0.35;
/** The service's quota; the closed-loop job has the rest. */
const OWN_TPCS = tpcsOf(0.75);
const QUICK_STACKS = 1;

/** A service, a closed-loop high-priority job and a best-effort job, as the paper stacks them. */
const INFERENCE: readonly (readonly [service: string, closed: string, bestEffort: string])[] = [
  ['resnet50-b1', 'bert-large-s384-b4', 'retinanet-b4'],
  ['retinanet-b1', 'resnet50-b32', 'gptj-6b-prefill-t512'],
  ['bert-large-s384-b1', 'yolo-cspdarknet53-b4', 'llama3-8b-prefill-t512'],
];

/** Inference-only and hybrid stacks. */
export function stacksOf(context: ExperimentContext): readonly Stack[] {
  const inference = INFERENCE.map(([service, busy, job]): Stack => {
    const tenants = [
      highPriority('service', iterationOf(service), load(LOAD), OWN_TPCS),
      highPriority('busy', iterationOf(busy), closed(), TPCS - OWN_TPCS),
      bestEffort('job', iterationOf(job)),
    ];
    return inferenceStack(`${service} + ${busy} + ${job}`, tenants, context.quick ? 1 : 4);
  });
  const server = inferenceStack('llama3-8b server + retinanet-b4 + vgg19-train-b32', LLM, 20);
  const hybrid = PAIRS.map((pair): Stack => {
    const tenants = [serviceOf(pair, LOAD), trainingOf(pair)];
    const name = pairName(pair);
    return {
      kind: 'hybrid',
      name,
      scenario: scenarioOf(name, tenants, pairTime(context, pair, LOAD)),
    };
  });
  return context.quick
    ? [...inference.slice(0, QUICK_STACKS), ...hybrid.slice(0, QUICK_STACKS)]
    : [...inference, server, ...hybrid];
}

/** An LLM server whose steps differ with the lengths of its prompts, as real ones do. */
const LLM: readonly ScenarioTenant[] = [
  highPriority(
    'service',
    {
      kind: 'llm',
      model: 'llama3-8b',
      engine: 'continuous-batching',
      maxBatch: 16,
      launch: 'graph',
    },
    { kind: 'generator', generator: 'azure-llm-2023-conv', sample: 0.3 },
    OWN_TPCS,
  ),
  highPriority('busy', iterationOf('retinanet-b4'), closed(), TPCS - OWN_TPCS),
  bestEffort('job', iterationOf('vgg19-train-b32')),
];

const inferenceStack = (
  name: string,
  tenants: readonly ScenarioTenant[],
  lengthS: number,
): Stack => ({
  kind: 'inference',
  name,
  scenario: scenarioOf(name, tenants, seconds(lengthS)),
});
