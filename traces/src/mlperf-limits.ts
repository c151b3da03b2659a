/**
 * Latency limits of the Server and Interactive scenarios of MLPerf Inference (99th percentile), for
 * use as latency objectives. Source: `mlperf.conf` and `inference_rules.adoc` of
 * github.com/mlcommons/inference, tags v3.1 to v5.1. "MLPerf" is a trademark of MLCommons; what a
 * simulation reaches under these limits is not an MLPerf result and may not be called one.
 */
export interface LatencyLimit {
  /** Model name as the benchmark has it. */
  readonly benchmark: string;
  /** `model` of the kernel profiles that it fits, where we ship any. */
  readonly model?: string;
  readonly scenario: 'server' | 'interactive';
  /** Limit of a whole request, ms. */
  readonly latencyMs?: number;
  /** Limit to the first token, ms. */
  readonly ttftMs?: number;
  /** Limit per output token after the first, ms. */
  readonly tpotMs?: number;
  /** Rounds in which it held in the data-centre suite. */
  readonly rounds: string;
}

export const LATENCY_LIMITS: readonly LatencyLimit[] = [
  request('resnet50', 15, 'v3.1-v5.0', 'resnet50'),
  request('retinanet', 100, 'v3.1-v5.1', 'retinanet'),
  request('bert-99', 130, 'v3.1-v4.1', 'bert-large'),
  request('dlrm-v2-99', 60, 'v3.1-v5.1', 'dlrm'),
  request('gptj-99', 20_000, 'v3.1-v5.0', 'gptj-6b'),
  request('rnnt', 1000, 'v3.1-v4.0'),
  request('stable-diffusion-xl', 20_000, 'v4.0-v5.1'),
  // The profile is of Llama 3, whose layers are the same as those of Llama 3.1.
  tokens('llama3.1-8b', 'server', 2000, 100, 'v5.1', 'llama3-8b'),
  tokens('llama3.1-8b', 'interactive', 500, 30, 'v5.1', 'llama3-8b'),
  tokens('llama2-70b-99', 'server', 2000, 200, 'v4.0-'),
  tokens('llama2-70b-99', 'interactive', 450, 40, 'v5.0-'),
  tokens('mixtral-8x7b', 'server', 2000, 200, 'v4.1-v6.0'),
  tokens('llama3.1-405b', 'server', 6000, 175, 'v5.0-'),
  tokens('llama3.1-405b', 'interactive', 4500, 80, 'v5.1-'),
  tokens('deepseek-r1', 'server', 2000, 80, 'v5.1-'),
];

function request(
  benchmark: string,
  latencyMs: number,
  rounds: string,
  model?: string,
): LatencyLimit {
  return { benchmark, scenario: 'server', latencyMs, rounds, ...(model ? { model } : {}) };
}

function tokens(
  benchmark: string,
  scenario: 'server' | 'interactive',
  ttftMs: number,
  tpotMs: number,
  rounds: string,
  model?: string,
): LatencyLimit {
  return { benchmark, scenario, ttftMs, tpotMs, rounds, ...(model ? { model } : {}) };
}

/** The limit for a model of our kernel profiles, if there is one. */
export function latencyLimit(
  model: string,
  scenario: 'server' | 'interactive' = 'server',
): LatencyLimit | undefined {
  return LATENCY_LIMITS.find((limit) => limit.model === model && limit.scenario === scenario);
}
