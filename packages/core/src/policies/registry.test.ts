import { describe, expect, it } from 'vitest';
import { LithosError } from '../errors.ts';
import { findPolicy, POLICIES } from './registry.ts';

describe('the policies', () => {
  it('are found by name, and have one each', () => {
    for (const policy of POLICIES) expect(findPolicy(policy.name)).toBe(policy);
    expect(new Set(POLICIES.map((p) => p.name)).size).toBe(POLICIES.length);
    expect(POLICIES.map((p) => p.name)).toEqual(
      expect.arrayContaining(['lithos', 'mps', 'mig', 'time-slicing']),
    );
  });

  it('say what they are in one line', () => {
    for (const { description } of POLICIES) {
      expect(description).toMatch(/^\S.{10,100}$/);
    }
  });

  it('have parameters whose default is allowed and has a source', () => {
    for (const { parameters } of POLICIES) {
      for (const parameter of Object.values(parameters)) {
        expect(parameter.default).toBeGreaterThanOrEqual(parameter.min);
        expect(parameter.default).toBeLessThanOrEqual(parameter.max);
        expect(parameter.source).not.toBe('');
        expect(parameter.description).not.toBe('');
      }
    }
  });

  it.each([
    ['litos', "did you mean 'lithos'?"],
    ['timeslicing', "did you mean 'time-slicing'?"],
    ['a-name-like-nothing-else', /^known policies: lithos, .*time-slicing/],
  ])('do not include %s', (name, fix) => {
    const find = (): unknown => findPolicy(name);
    expect(find).toThrow(`there is no policy '${name}'`);
    expect(find).toThrow(LithosError);
    expect(find).toThrow(
      expect.objectContaining({
        code: 'E_POLICY_NAME',
        fix: typeof fix === 'string' ? fix : expect.stringMatching(fix),
      }),
    );
  });
});
