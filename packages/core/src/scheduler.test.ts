import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Launchable } from './kernel.ts';
import type { LaunchQueue } from './launch-queue.ts';
import { POLICIES } from './policies/registry.ts';
import type { PolicyContext, PolicyDefinition } from './policy.ts';
import { Scheduler } from './scheduler.ts';
import { Submission } from './submission.ts';
import { deviceOf, FakePort, type Submitted } from './testing/fake-port.ts';
import { be, decisionOf, hp, launchable, policyOf, TokenLog } from './testing/fixtures.ts';
import { SECOND } from './units.ts';

/** Submits atoms of at most `blocks` blocks, as many as there are, at once. */
const inAtomsOf = (blocks: number): PolicyDefinition =>
  policyOf((context) => ({
    launchQueued(queue) {
      while (queue.length > 0) {
        const left = queue.headWork().kernel.blocks - queue.headBlock;
        context.submit(queue, decisionOf(Math.min(blocks, left)));
      }
    },
  }));

function setUp(policy: PolicyDefinition, durationOf?: (s: Submission) => number) {
  const port = new FakePort(deviceOf(8), durationOf);
  const scheduler = new Scheduler({ port, policy, tenants: [hp('a', 4), be('b')] });
  return { port, scheduler };
}

describe('Scheduler', () => {
  it('reports a token once, when the last atom of its launch ends', () => {
    const { port, scheduler } = setUp(inAtomsOf(4), () => 100);
    const client = new TokenLog();
    const queue = scheduler.openStream(0, client);
    scheduler.launch(queue, launchable(10), 1, 7, 42);
    scheduler.launch(queue, launchable(1));
    expect(port.log.map((s) => [s.blockBegin, s.blockEnd, s.atom, s.last])).toEqual([
      [0, 4, 0, false],
      [4, 8, 1, false],
      [8, 10, 2, true],
      [0, 1, 0, true],
    ]);
    expect(port.log.map((s) => [s.launch, s.request])).toEqual([
      [0, 7],
      [0, 7],
      [0, 7],
      [1, 0],
    ]);
    port.advance(299);
    expect(client.tokens).toEqual([]);
    port.advance(1000);
    expect(client.tokens).toEqual([{ token: 42, at: 300 }]);
    expect([queue.length, queue.outstanding]).toEqual([0, 0]);
    expect([scheduler.launches, scheduler.submissions]).toEqual([2, 4]);
  });

  it('passes scale and decision on, and the time of the submission', () => {
    const { port, scheduler } = setUp(
      policyOf((context) => ({
        launchQueued: (queue) =>
          context.submit(queue, decisionOf(3, { priority: 5, predictedNs: 123 })),
      })),
    );
    port.advance(55);
    scheduler.launch(scheduler.openStream(1, new TokenLog()), launchable(3), 0.5, 9);
    expect(port.log).toMatchObject([
      { tenant: 1, scale: 0.5, request: 9, priority: 5, predictedNs: 123, submittedNs: 55 },
    ]);
  });

  it('refuses a completion out of stream order', () => {
    const { port, scheduler } = setUp(inAtomsOf(1));
    scheduler.launch(scheduler.openStream(0, new TokenLog()), launchable(2));
    expect(() => port.report(new Submission())).toThrow('out of stream order');
  });

  it('opens no stream for a tenant without a place', () => {
    const { scheduler } = setUp(
      policyOf(() => ({}), {
        place: (tenants) =>
          tenants.map((_, i) =>
            i === 0
              ? { kind: 'placed', domain: { kind: 'context' } }
              : { kind: 'refused', reason: 'no room' },
          ),
      }),
    );
    expect(() => scheduler.openStream(1, new TokenLog())).toThrow(
      "tenant 1 has no place under 'under-test'",
    );
    expect(() => scheduler.openStream(2, new TokenLog())).toThrow('tenant 2');
    expect(scheduler.openStream(0, new TokenLog()).tenant).toBe(0);
  });

  it('opens each placed tenant in its domain, and no other', () => {
    const { port } = setUp(
      policyOf(() => ({}), {
        place: () => [
          { kind: 'refused', reason: 'no room' },
          { kind: 'placed', domain: { kind: 'instance', profile: 1, instance: 0 } },
        ],
      }),
    );
    expect(port.domains).toEqual([undefined, { kind: 'instance', profile: 1, instance: 0 }]);
  });

  it('fires the timers of a policy and keeps its own to itself', () => {
    const fired: number[] = [];
    const { port } = setUp(
      policyOf((context) => {
        context.setTimer(20, 3);
        context.setTimer(10, 0);
        return { timerFired: (timer) => fired.push(timer) };
      }),
    );
    port.advance(3 * SECOND);
    expect(fired).toEqual([0, 3]);
  });

  it('shows every finished atom and clock change to the observer', () => {
    const seen: string[] = [];
    const port = new FakePort(deviceOf(8), () => 10);
    const scheduler = new Scheduler({
      port,
      policy: inAtomsOf(2),
      tenants: [hp('a', 8)],
      observer: {
        submissionCompleted: (s) => seen.push(`${s.blockBegin}-${s.blockEnd}@${s.endNs}`),
        clockChanged: (mhz) => seen.push(`${mhz} MHz`),
      },
    });
    scheduler.launch(scheduler.openStream(0, new TokenLog()), launchable(3));
    port.advance(100);
    port.setSmClock(500);
    expect(seen).toEqual(['0-2@10', '2-3@20', '500 MHz']);
  });
});

/** What a test does: launch into a stream, or let time pass. */
type Step = { readonly stream: number; readonly blocks: number } | { readonly waitNs: number };
const steps = fc.array(
  fc.oneof(
    fc.record({ stream: fc.nat(3), blocks: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ waitNs: fc.nat(5000) }),
  ),
  { maxLength: 60 },
);

/** Two streams for each of two tenants, with kernels that all have tokens. */
function play(
  policy: PolicyDefinition,
  script: readonly Step[],
  works = new Map<number, Launchable>(),
) {
  const { port, scheduler } = setUp(policy, (s) => 37 * (s.blockEnd - s.blockBegin));
  const clients = [0, 1, 2, 3].map(() => new TokenLog());
  const queues: LaunchQueue[] = clients.map((c, i) => scheduler.openStream(i >> 1, c));
  const launched: number[][] = [[], [], [], []];
  script.forEach((step, token) => {
    if ('waitNs' in step) {
      port.advance(port.now() + step.waitNs);
      return;
    }
    const work = works.get(step.blocks) ?? launchable(step.blocks);
    works.set(step.blocks, work);
    launched[step.stream]?.push(token);
    scheduler.launch(queues[step.stream] as LaunchQueue, work, 1, token, token);
  });
  port.advance(SECOND);
  return { port, clients, queues, launched, works };
}

/** Atoms of 3 blocks, two of a stream at most on the device: submits from completions too. */
const twoAtATime = policyOf((context: PolicyContext) => {
  const go = (queue: LaunchQueue): void => {
    while (queue.length > 0 && queue.outstanding < 2) {
      const left = queue.headWork().kernel.blocks - queue.headBlock;
      context.submit(queue, decisionOf(Math.min(3, left), { priority: queue.stream }));
    }
  };
  return { launchQueued: go, submissionCompleted: (_, queue) => go(queue) };
});

describe.each([twoAtATime, inAtomsOf(5), ...POLICIES.filter((p) => p.name !== 'mig')])(
  'under $name',
  (policy) => {
    it('a stream keeps its order, every block runs once, every token is reported once', () => {
      fc.assert(
        fc.property(steps, (script) => {
          const { port, clients, queues, launched } = play(policy, script);
          queues.forEach((queue, stream) => {
            const atoms = port.log.filter((s) => s.stream === stream);
            expect(coverage(atoms)).toEqual(
              (launched[stream] ?? []).map((request) => ({
                request,
                end: blocksOf(script, request),
              })),
            );
            expect(clients[stream]?.tokens.map((t) => t.token)).toEqual(launched[stream]);
            expect([queue.length, queue.outstanding]).toEqual([0, 0]);
          });
          expect(port.log.map((s) => s.id)).toEqual(port.log.map((_, i) => i));
        }),
        { numRuns: 60 },
      );
    });

    it('the same calls give the same submissions', () => {
      fc.assert(
        fc.property(steps, (script) => {
          const first = play(policy, script);
          const second = play(policy, script, first.works);
          expect(second.port.log).toEqual(first.port.log);
        }),
        { numRuns: 20 },
      );
    });
  },
);

function blocksOf(script: readonly Step[], request: number): number {
  const step = script[request];
  return step !== undefined && 'blocks' in step ? step.blocks : Number.NaN;
}

/** Joins the atoms of each launch, in order; a gap, an overlap or a wrong `last` fails. */
function coverage(atoms: readonly Submitted[]): { request: number; end: number }[] {
  const launches: { request: number; end: number }[] = [];
  let open = false;
  for (const s of atoms) {
    if (!open) launches.push({ request: s.request, end: 0 });
    const launch = launches.at(-1) as { request: number; end: number };
    expect([s.request, s.blockBegin]).toEqual([launch.request, launch.end]);
    expect(s.blockEnd).toBeGreaterThan(s.blockBegin);
    launch.end = s.blockEnd;
    open = !s.last;
  }
  expect(open).toBe(false);
  return launches;
}
