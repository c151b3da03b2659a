import { listProfiles, loadProfile } from '@lithos/traces/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LlmSteps, type Step } from './llm-steps.ts';
import { launchesOf, stepProfile } from './testing.ts';

const MODELS = ['llama3-8b', 'gptj-6b'];

/** The shipped steps of a model, with the time of each measured iteration as its one launch. */
const shipped = (model: string) =>
  listProfiles()
    .map((id) => loadProfile(id))
    .filter((p) => p.model === model && p.phase !== undefined)
    .map((profile) => ({ profile, launches: launchesOf(profile.iterationNs) }));

/** How long a step takes: that of its measured iteration, by the factor. */
const nsOf = ({ iteration, scale }: Step): number =>
  scale * ((iteration.launches[0] as unknown as { ns: number }).ns ?? Number.NaN);

describe.each(MODELS)('the steps of %s', (model) => {
  const measured = shipped(model);
  const steps = new LlmSteps(measured, 'graph', 100);

  it('are there', () => {
    expect(measured.filter((s) => s.profile.phase === 'prefill').length).toBeGreaterThan(1);
    expect(measured.filter((s) => s.profile.phase === 'decode').length).toBeGreaterThan(1);
  });

  it('take what was measured, where it was measured', () => {
    for (const { profile } of measured) {
      const { batch, contextLength, sequenceLength, iterationNs } = profile;
      const step =
        profile.phase === 'prefill'
          ? steps.prefill(sequenceLength ?? 0)
          : steps.decode(batch, batch * (contextLength ?? 0));
      expect([profile.id, nsOf(step) / iterationNs]).toEqual([profile.id, expect.closeTo(1, 9)]);
    }
  });

  it('lie between the measured ones in between', () => {
    const prefills = measured.filter((s) => s.profile.phase === 'prefill').map((s) => s.profile);
    prefills.sort((a, b) => (a.sequenceLength ?? 0) - (b.sequenceLength ?? 0));
    const [low, high] = prefills;
    const tokens = ((low?.sequenceLength ?? 0) + (high?.sequenceLength ?? 0)) / 2;
    const mean = ((low?.iterationNs ?? 0) + (high?.iterationNs ?? 0)) / 2;
    expect(nsOf(steps.prefill(tokens)) / mean).toBeCloseTo(1, 9);
  });

  it('take a positive time, and no less with more tokens in the cache', () => {
    const cases = fc.record({
      batch: fc.integer({ min: 1, max: 64 }),
      tokens: fc.integer({ min: 1, max: 8192 }),
      more: fc.nat(10_000),
    });
    fc.assert(
      fc.property(cases, ({ batch, tokens, more }) => {
        const prefill = nsOf(steps.prefill(tokens));
        const decode = nsOf(steps.decode(batch, tokens));
        expect(Math.min(prefill, decode)).toBeGreaterThan(100_000);
        expect(Math.max(prefill, decode)).toBeLessThan(1e10);
        expect(nsOf(steps.decode(batch, tokens + more))).toBeGreaterThanOrEqual(decode);
      }),
    );
  });
});

describe('LlmSteps', () => {
  const of = (ns: number, about: Parameters<typeof stepProfile>[1]) => ({
    profile: stepProfile(ns, about),
    launches: launchesOf(ns),
  });
  const prefill = of(8000, { phase: 'prefill', batch: 1, sequenceLength: 100 });
  const decode = of(2000, { phase: 'decode', batch: 1, contextLength: 1000 });

  it('adds the reads of the cache at the given rate where only one length was measured', () => {
    const steps = new LlmSteps([prefill, decode], 'graph', 0.5);
    expect(nsOf(steps.decode(1, 1000))).toBeCloseTo(2000, 6);
    expect(nsOf(steps.decode(1, 3000))).toBeCloseTo(3000, 6);
    expect(nsOf(steps.decode(1, 0))).toBeCloseTo(1500, 6);
  });

  it('adds them at the measured rate where two were', () => {
    const longer = of(2600, { phase: 'decode', batch: 1, contextLength: 4000 });
    const steps = new LlmSteps([prefill, longer, decode], 'graph', 99);
    expect(nsOf(steps.decode(1, 1000))).toBeCloseTo(2000, 6);
    expect(nsOf(steps.decode(1, 4000))).toBeCloseTo(2600, 6);
    expect(nsOf(steps.decode(1, 2000))).toBeCloseTo(2200, 6);
  });

  it('needs both phases', () => {
    expect(() => new LlmSteps([prefill], 'graph', 1)).toThrow('one prefill and one decode');
    expect(() => new LlmSteps([decode], 'graph', 1)).toThrow('one prefill and one decode');
  });

  it('launches as it is told', () => {
    const steps = new LlmSteps([prefill, decode], 'stream', 1);
    expect(steps.prefill(1).iteration.mode).toBe('stream');
    expect(steps.decode(1, 1).iteration).toEqual({ launches: decode.launches, mode: 'stream' });
  });
});
