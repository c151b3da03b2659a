import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Launchable } from '../../kernel.ts';
import type { LaunchQueue } from '../../launch-queue.ts';
import type { Decision, PolicyContext, PolicyDefinition, TenantSpec } from '../../policy.ts';
import { Scheduler } from '../../scheduler.ts';
import type { Submission } from '../../submission.ts';
import { deviceOf, FakePort } from '../../testing/fake-port.ts';
import { be, hp, launchable, TokenLog } from '../../testing/fixtures.ts';
import { inWaves, WAVE_NS } from '../../testing/lithos-bench.ts';
import { TpcSet } from '../../tpc-set.ts';
import { MS, SECOND } from '../../units.ts';
import { lithos } from './lithos.ts';
import { PARAMETERS } from './parameters.ts';

const TENANTS: readonly TenantSpec[] = [hp('a', 3), hp('b', 4), be('c'), be('d')];
const OWN = [TpcSet.range(0, 3), TpcSet.range(3, 7), TpcSet.EMPTY, TpcSet.EMPTY];
const LIMIT = PARAMETERS['outstanding.limit'].default;
const AFTER = PARAMETERS['stealing.after'].default;
/** Of sums of predictions, ns. */
const ROUNDING = 1e-3;
const QUANTUM = PARAMETERS['atomizer.quantum'].default;

/** Blocks of the kernels, and of the cluster that one of them has. */
const SIZES = [1, 100, 400, 7000, 50_000];
const WORKS: readonly Launchable[] = SIZES.map((n, i) =>
  launchable(n, { clusterSize: n === 7000 ? 20 : 1, splittable: n !== 400 }, i),
);

/** LithOS, with every decision looked at before it is carried out. */
function watched(
  check: (context: PolicyContext, queue: LaunchQueue, d: Decision) => void,
): PolicyDefinition {
  return {
    ...lithos,
    create: (context) =>
      lithos.create({
        ...context,
        submit(queue, decision) {
          check(context, queue, decision);
          context.submit(queue, decision);
        },
      }),
  };
}

const scripts = fc.array(
  fc.record({
    tenant: fc.nat(TENANTS.length - 1),
    work: fc.nat(WORKS.length - 1),
    waitNs: fc.oneof(fc.constant(0), fc.nat(2 * AFTER), fc.nat(2 * MS)),
  }),
  { maxLength: 80 },
);

/** What has happened before a decision. */
interface Past {
  /** When each tenant last had work. */
  readonly lastAtWork: number[];
  /** Predicted work of each stream on the device. */
  readonly outstandingNs: number[];
}

type Check = (now: number, queue: LaunchQueue, d: Decision, past: Past) => void;

/** Plays random launches; `check` sees each decision before it is carried out. */
function laws(check: Check): void {
  fc.assert(
    fc.property(scripts, (script) => {
      const past: Past = {
        lastAtWork: TENANTS.map(() => Number.NEGATIVE_INFINITY),
        outstandingNs: TENANTS.map(() => 0),
      };
      const policy = watched((context, queue, decision) => {
        TENANTS.forEach((_, t) => {
          const busy = context.queuesOf(t).some((q) => q.length > 0 || q.outstanding > 0);
          if (busy) past.lastAtWork[t] = context.now();
        });
        check(context.now(), queue, decision, past);
        past.outstandingNs[queue.stream] =
          (past.outstandingNs[queue.stream] ?? 0) + decision.predictedNs;
      });
      const port = new FakePort(deviceOf(8), inWaves);
      const observer = {
        submissionCompleted: (s: Submission): void => {
          past.lastAtWork[s.tenant] = s.endNs;
          past.outstandingNs[s.stream] = (past.outstandingNs[s.stream] ?? 0) - s.predictedNs;
        },
      };
      const scheduler = new Scheduler({ port, policy, tenants: TENANTS, observer });
      const queues = TENANTS.map((_, t) => scheduler.openStream(t, new TokenLog()));
      for (const { tenant, work, waitNs } of script) {
        port.advance(port.now() + waitNs);
        scheduler.launch(queues[tenant] as LaunchQueue, WORKS[work] as Launchable);
      }
      port.advance(port.now() + 20 * SECOND);
      for (const queue of queues) expect([queue.length, queue.outstanding]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
}

describe('LithOS, whatever is launched when,', () => {
  it('never uses the TPCs of an owner that has work or had some a moment ago', () => {
    laws((now, queue, { tpcs }, { lastAtWork }) => {
      OWN.forEach((own, tenant) => {
        if (tenant === queue.tenant || now - (lastAtWork[tenant] ?? 0) >= AFTER) return;
        expect(tpcs.intersects(own)).toBe(false);
      });
    });
  });

  it('gives an owner all its TPCs, and says which are stolen', () => {
    laws((_, queue, { tpcs, stolen }) => {
      expect(OWN[queue.tenant]?.isSubsetOf(tpcs)).toBe(true);
      const others = OWN.filter((_, tenant) => tenant !== queue.tenant);
      const covered = others.reduce((all, own) => all.union(own), TpcSet.EMPTY);
      expect(`${tpcs.intersection(covered)}`).toBe(`${stolen}`);
    });
  });

  it('makes best-effort work the least urgent, and owners the most', () => {
    laws((_, queue, { stolen, priority }) => {
      const best = TENANTS[queue.tenant]?.class === 'be';
      expect(priority).toBe(best ? 0 : stolen.size > 0 ? 1 : 5);
    });
  });

  it('has no more than the limit outstanding on a stream behind what runs, or one atom', () => {
    laws((_, queue, decision, { outstandingNs }) => {
      const oldest = queue.oldestInFlight();
      if (oldest === undefined) return;
      const outstanding = outstandingNs[queue.stream] ?? Number.NaN;
      const running = TENANTS[queue.tenant]?.class === 'hp' ? oldest.predictedNs : 0;
      expect(outstanding - running).toBeLessThan(LIMIT + ROUNDING);
      if (decision.stolen.size === 0) return;
      expect(outstanding + decision.predictedNs).toBeLessThanOrEqual(LIMIT + ROUNDING);
    });
  });

  it('cuts only stolen and best-effort work, and to the quantum', () => {
    laws((_, queue, { blocks, stolen, priority, predictedNs }) => {
      const { kernel } = queue.headWork();
      if ((stolen.size === 0 && priority > 0) || !kernel.splittable) {
        expect(queue.headBlock + blocks).toBe(kernel.blocks);
        return;
      }
      expect(predictedNs).toBeLessThan(QUANTUM + WAVE_NS);
      if (queue.headBlock + blocks < kernel.blocks) expect(blocks % kernel.clusterSize).toBe(0);
    });
  });
});
