import { describe, expect, it } from 'vitest';
import { LithosError, PolicyError } from './errors.ts';
import type { KernelShape } from './kernel.ts';
import { findPolicy } from './policies/registry.ts';
import type { Decision, PolicyDefinition } from './policy.ts';
import { Scheduler } from './scheduler.ts';
import { deviceOf, FakePort } from './testing/fake-port.ts';
import { decisionOf, hp, launchable, policyOf, TokenLog } from './testing/fixtures.ts';
import { TpcSet } from './tpc-set.ts';

const BLOCKS = 10;

/** Launches ten blocks under a policy that takes these decisions about them. */
function decide(decisions: readonly Partial<Decision>[], shape: Partial<KernelShape> = {}) {
  const policy = policyOf((context) => ({
    launchQueued(queue) {
      for (const changes of decisions) context.submit(queue, decisionOf(BLOCKS, changes));
    },
  }));
  const port = new FakePort(deviceOf(8, { priorityLevels: 6 }));
  const scheduler = new Scheduler({ port, policy, tenants: [hp('a', 8)] });
  const queue = scheduler.openStream(0, new TokenLog());
  const launch = (): void => scheduler.launch(queue, launchable(BLOCKS, shape));
  return { port, launch };
}

describe('a decision is refused, with the name of the policy,', () => {
  const cases: readonly [string, string, Partial<Decision>[], Partial<KernelShape>?][] = [
    ['with an empty TPC set', 'an empty TPC set', [{ tpcs: TpcSet.EMPTY }]],
    ['outside the device', 'TPC set 7-8 is not within 0-7', [{ tpcs: TpcSet.of([7, 8]) }]],
    ['with more blocks than the grid', 'blocks 0..11', [{ blocks: 11 }]],
    ['with more blocks than are left', 'blocks 6..11', [{ blocks: 6 }, { blocks: 5 }]],
    ['with no block', 'blocks 0..0', [{ blocks: 0 }]],
    ['with a negative number of blocks', 'blocks 0..-1', [{ blocks: -1 }]],
    ['with part of a block', 'blocks 0..2.5', [{ blocks: 2.5 }]],
    ['with NaN blocks', 'blocks 0..NaN', [{ blocks: Number.NaN }]],
    ['that cuts what cannot be', 'which cannot be split', [{ blocks: 9 }], { splittable: false }],
    ['with a priority too high', 'priority 6 of 6 levels', [{ priority: 6 }]],
    ['with a priority too low', 'priority -1 of 6 levels', [{ priority: -1 }]],
    ['with half a priority', 'priority 0.5 of 6 levels', [{ priority: 0.5 }]],
    ['with nothing in the queue', 'an empty launch queue', [{}, {}]],
  ];
  it.each(cases)('%s', (_, message, decisions, shape) => {
    const { port, launch } = decide(decisions, shape);
    expect(launch).toThrow(PolicyError);
    expect(port.log).toHaveLength(decisions.length - 1);
    const again = decide(decisions, shape);
    expect(again.launch).toThrow("policy 'under-test': tenant 0, stream 0: ");
    expect(decide(decisions, shape).launch).toThrow(message);
  });

  it('and taken at the limits', () => {
    const { port, launch } = decide([
      { blocks: 1, priority: 5, tpcs: TpcSet.of([7]) },
      { blocks: 9, priority: 0 },
    ]);
    launch();
    expect(port.log.map((s) => s.tpcs)).toEqual(['7', '0-7']);
  });

  it('when it sets a timer that is not its own', () => {
    for (const timer of [-1, Number.NaN, 2 ** 30]) {
      const policy = policyOf((context) => {
        context.setTimer(0, timer);
        return {};
      });
      const port = new FakePort(deviceOf(8));
      expect(() => new Scheduler({ port, policy, tenants: [] })).toThrow(
        `policy 'under-test': timer ${timer} is out of range`,
      );
    }
  });

  it('when it places fewer tenants than there are', () => {
    const policy = policyOf(() => ({}), { place: () => [] });
    const port = new FakePort(deviceOf(8));
    expect(() => new Scheduler({ port, policy, tenants: [hp('a', 1)] })).toThrow(
      "policy 'under-test': place() must answer for every tenant",
    );
  });
});

/** The error of a scheduler that cannot be made. */
function refusal(
  policy: PolicyDefinition,
  device = deviceOf(8),
  parameters: Readonly<Record<string, number>> = {},
): LithosError {
  try {
    new Scheduler({ port: new FakePort(device), policy, tenants: [hp('a', 8)], parameters });
  } catch (error) {
    if (error instanceof LithosError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a policy is refused before anything runs', () => {
  it.each([
    ['mps', deviceOf(8, { domains: ['context'] }), "needs the sharing domain 'shared'"],
    ['time-slicing', deviceOf(8, { domains: ['shared'] }), "needs the sharing domain 'context'"],
    ['mig', deviceOf(8, { domains: ['shared'] }), "needs the sharing domain 'instance'"],
    ['lithos', deviceOf(8, { domains: ['instance'] }), "needs the sharing domain 'shared'"],
    ['lithos', deviceOf(8, { tpcGranularity: 2 }), 'confines launches to single TPCs'],
    ['lithos', deviceOf(8, { tpcGranularity: undefined }), 'confines launches to single TPCs'],
    ['lithos', deviceOf(8, { priorityLevels: 2 }), 'three stream priorities'],
  ])('%s on a device that lacks what it needs: %#', (name, device, reason) => {
    const error = refusal(findPolicy(name), device);
    expect(error.code).toBe('E_POLICY_DEVICE');
    expect(error.message).toContain(`policy '${name}' cannot run on fake: `);
    expect(error.message).toContain(reason);
    expect(error.fix).toBeDefined();
  });

  it('for a parameter that it does not have, with the nearest', () => {
    const error = refusal(findPolicy('lithos'), deviceOf(8), { 'stealing.afer': 1 });
    expect(error.code).toBe('E_POLICY_PARAMETER');
    expect(error.message).toBe("policy 'lithos' has no parameter 'stealing.afer'");
    expect(error.fix).toBe("did you mean 'stealing.after'?");
    expect(refusal(findPolicy('mps'), deviceOf(8), { toString: 1 }).message).toContain(
      "no parameter 'toString'",
    );
  });

  it.each([
    ['stealing.best-effort-share', 1.01, 'give a value from 0 to 1 share'],
    ['stealing.best-effort-share', Number.NaN, 'give a value from 0 to 1 share'],
    ['atomizer.quantum', 0, 'give a value from 10000 to 1000000000 ns'],
    ['stealing', 0.5, 'give 0 (off) or 1 (on)'],
  ])('for a bad value: %s = %d', (name, value, fix) => {
    const error = refusal(findPolicy('lithos'), deviceOf(8), { [name]: value });
    expect(error.code).toBe('E_POLICY_PARAMETER');
    expect(error.message).toContain(`parameter '${name}' of policy 'lithos' is ${value}`);
    expect(error.fix).toBe(fix);
  });

  it('and a fault of the device ends the run', () => {
    const port = new FakePort(deviceOf(8));
    const scheduler = new Scheduler({ port, policy: findPolicy('mps'), tenants: [hp('a', 8)] });
    expect(() => scheduler.fault(new Error('Xid 79'))).toThrow('the device failed: Xid 79');
    const known = new LithosError('E_DEVICE_HANG', 'it hangs', 'end what hangs', 1);
    expect(() => scheduler.fault(known)).toThrow(
      expect.objectContaining({ code: 'E_DEVICE_FAULT', fix: 'end what hangs', exitCode: 1 }),
    );
  });
});
