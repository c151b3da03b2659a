import type { HostTask, Ns } from '@lithos/core';
import type { ArrivalSource } from '@lithos/traces';
import type { UnfinishedRequest } from '../metrics/objectives.ts';
import { ArrivalPlayer } from './arrivals.ts';
import type { Driver, DriverContext } from './driver.ts';
import { Issuer } from './issuer.ts';
import type { LlmSteps } from './llm-steps.ts';
import type { WaitingRequest } from './waiting-line.ts';

/** Requests arrive by themselves, or each completion brings the next. */
type LlmFeed =
  | { readonly kind: 'open'; readonly source: ArrivalSource }
  | { readonly kind: 'closed'; readonly concurrency: number; readonly source: ArrivalSource };

/** A sequence in the batch. */
interface Sequence extends WaitingRequest {
  startNs: Ns;
  firstTokenNs: Ns;
  /** Output tokens so far. */
  produced: number;
}

/**
 * An LLM server with continuous batching: a step is either the prefill of one waiting request, as
 * soon as the batch has room (its end gives the first token), or one decode step that gives every
 * sequence of the batch its next token. Sequences leave when they have all their tokens. Between
 * steps the host synchronises, as an engine that samples on the CPU must.
 */
export class LlmServer implements Driver {
  private readonly context: DriverContext;
  private readonly steps: LlmSteps;
  private readonly maxBatch: number;
  private readonly issuer: Issuer;
  private readonly player: ArrivalPlayer;
  private readonly noticed: HostTask;
  private readonly concurrency: number;
  private readonly batch: Sequence[] = [];
  private prefilling: Sequence | undefined;
  private stepping = false;
  private stepCount = 0;

  constructor(context: DriverContext, steps: LlmSteps, maxBatch: number, feed: LlmFeed) {
    this.context = context;
    this.steps = steps;
    this.maxBatch = maxBatch;
    this.concurrency = feed.kind === 'closed' ? feed.concurrency : 0;
    this.noticed = { run: () => this.stepEnded() };
    const client = {
      synchronized: (_: number, at: Ns): void =>
        context.host.at(at + context.costs.syncNs, this.noticed, 0),
    };
    this.issuer = new Issuer(context, context.scheduler.openStream(context.tenant, client));
    this.player = new ArrivalPlayer(context, feed.source, () => {
      if (!this.stepping) this.nextStep();
    });
  }

  start(): void {
    if (this.concurrency === 0) {
      this.player.start();
      return;
    }
    for (let i = 0; i < this.concurrency; i++) this.player.inject();
    this.nextStep();
  }

  unfinished(): readonly UnfinishedRequest[] {
    const waiting = this.player.line.arrivals().map((arrivalNs) => ({ arrivalNs }));
    if (this.prefilling !== undefined) waiting.push({ arrivalNs: this.prefilling.arrivalNs });
    return [
      ...this.batch.map(({ arrivalNs, firstTokenNs }) => ({ arrivalNs, firstTokenNs })),
      ...waiting,
    ];
  }

  private nextStep(): void {
    const { line } = this.player;
    if (line.length > 0 && this.batch.length < this.maxBatch) {
      const sequence: Sequence = {
        request: 0,
        arrivalNs: 0,
        inputTokens: 0,
        outputTokens: 0,
        row: -1,
        startNs: this.context.host.now(),
        firstTokenNs: -1,
        produced: 0,
      };
      line.shift(sequence);
      this.prefilling = sequence;
      const step = this.steps.prefill(sequence.inputTokens);
      this.issuer.issue(step.iteration, step.scale, this.stepCount++);
      this.stepping = true;
    } else if (this.batch.length > 0) {
      let tokens = 0;
      for (const s of this.batch) tokens += s.inputTokens + s.produced;
      const step = this.steps.decode(this.batch.length, tokens);
      this.issuer.issue(step.iteration, step.scale, this.stepCount++);
      this.stepping = true;
    } else {
      this.stepping = false;
    }
  }

  private stepEnded(): void {
    const now = this.context.host.now();
    if (this.prefilling !== undefined) {
      const sequence = this.prefilling;
      this.prefilling = undefined;
      sequence.firstTokenNs = now;
      sequence.produced = 1;
      if (sequence.produced >= sequence.outputTokens) this.finish(sequence, now);
      else this.batch.push(sequence);
    } else {
      let kept = 0;
      for (const sequence of this.batch) {
        sequence.produced += 1;
        if (sequence.produced >= sequence.outputTokens) this.finish(sequence, now);
        else this.batch[kept++] = sequence;
      }
      this.batch.length = kept;
    }
    this.nextStep();
  }

  private finish(sequence: Sequence, endNs: Ns): void {
    this.context.sink.finished({ ...sequence, endNs });
    if (this.concurrency > 0) this.player.inject();
  }
}
