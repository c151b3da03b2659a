import type { KernelProfile, Launchable } from '@lithos/core';
import type { Iteration } from './driver.ts';

/** A measured LLM step that others are scaled from. */
export interface MeasuredStep {
  readonly profile: KernelProfile;
  readonly launches: readonly Launchable[];
}

/** A step to launch: a measured iteration, and the factor on its durations. */
export interface Step {
  iteration: Iteration;
  scale: number;
}

interface Point {
  /** Prompt tokens, or sequences in the batch. */
  readonly x: number;
  /** Duration without the reads of the KV cache. */
  readonly ns: number;
  /** Time of those reads in the measurement. */
  readonly kvNs: number;
  readonly iteration: Iteration;
}

/**
 * Durations of prefill and decode steps between the measured ones. Prefill is interpolated over
 * prompt tokens. Decode is interpolated over the batch size after the KV-cache reads are taken out,
 * which grow with the tokens held and are added back at the rate measured for the model, or, where
 * only one context length was measured, at the DRAM bandwidth of the measuring device.
 * A step runs the kernels of the nearest measured step, all scaled by one factor.
 */
export class LlmSteps {
  private readonly prefills: readonly Point[];
  private readonly decodes: readonly Point[];
  private readonly kvNsPerToken: number;
  private readonly step: Step;

  /**
   * @param steps all prefill and decode profiles of one model
   * @param kvNsPerToken time to read one token's keys and values, ns, used without measurement
   */
  constructor(steps: readonly MeasuredStep[], mode: Iteration['mode'], kvNsPerToken: number) {
    const of = (phase: 'prefill' | 'decode'): readonly MeasuredStep[] =>
      steps.filter((s) => s.profile.phase === phase);
    this.kvNsPerToken = measuredKv(of('decode').map((s) => s.profile)) ?? kvNsPerToken;
    const point = ({ profile, launches }: MeasuredStep, x: number, tokens: number): Point => {
      const kvNs = this.kvNsPerToken * tokens;
      return { x, ns: profile.iterationNs - kvNs, kvNs, iteration: { launches, mode } };
    };
    this.prefills = sorted(of('prefill').map((s) => point(s, s.profile.sequenceLength ?? 1, 0)));
    this.decodes = sorted(
      of('decode').map((s) =>
        point(s, s.profile.batch, s.profile.batch * (s.profile.contextLength ?? 0)),
      ),
    );
    const [first] = this.prefills;
    if (first === undefined || this.decodes.length === 0) {
      throw new Error('an LLM needs at least one prefill and one decode profile');
    }
    this.step = { iteration: first.iteration, scale: 1 };
  }

  /** The step that processes a prompt; the returned object is reused. */
  prefill(tokens: number): Step {
    return this.choose(this.prefills, tokens, 0);
  }

  /** The step that gives each of `batch` sequences its next token, `tokens` in all their caches. */
  decode(batch: number, tokens: number): Step {
    return this.choose(this.decodes, batch, this.kvNsPerToken * tokens);
  }

  private choose(points: readonly Point[], x: number, kvNs: number): Step {
    let nearest = points[0] as Point;
    for (const point of points) {
      if (ratio(point.x, x) < ratio(nearest.x, x)) nearest = point;
    }
    this.step.iteration = nearest.iteration;
    this.step.scale = (interpolate(points, x) + kvNs) / (nearest.ns + nearest.kvNs);
    return this.step;
  }
}

/** Points in ascending order, one for each x. */
function sorted(points: readonly Point[]): readonly Point[] {
  return [...points]
    .sort((a, b) => a.x - b.x)
    .filter((point, i, all) => i === 0 || point.x !== all[i - 1]?.x);
}

const ratio = (a: number, b: number): number => (a > b ? a / b : b / a);

/** Linear between points, constant below the first, the last slope beyond the last. */
function interpolate(points: readonly Point[], x: number): number {
  const first = points[0] as Point;
  if (x <= first.x || points.length === 1) return first.ns;
  let i = 1;
  while (i < points.length - 1 && (points[i] as Point).x < x) i += 1;
  const low = points[i - 1] as Point;
  const high = points[i] as Point;
  return low.ns + ((high.ns - low.ns) * (x - low.x)) / (high.x - low.x);
}

/** ns per cached token, from two decode profiles of one batch size and different context lengths. */
function measuredKv(profiles: readonly KernelProfile[]): number | undefined {
  for (const a of profiles) {
    for (const b of profiles) {
      const tokens = a.batch * ((b.contextLength ?? 0) - (a.contextLength ?? 0));
      if (a.batch === b.batch && tokens > 0) return (b.iterationNs - a.iterationNs) / tokens;
    }
  }
  return undefined;
}
