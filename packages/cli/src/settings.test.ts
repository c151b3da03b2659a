import { POLICIES } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSetting, readSettings } from './settings.ts';

const PARAMETERS = POLICIES.flatMap((policy) =>
  Object.entries(policy.parameters).map(([name, parameter]) => ({ policy, name, parameter })),
);

describe('settings', () => {
  it('read what `lithos policies` prints', () => {
    for (const { policy, name, parameter } of PARAMETERS) {
      for (const value of [parameter.default, parameter.min, parameter.max]) {
        const text = `${policy.name}.${name}=${formatSetting(parameter.unit, value)}`;
        expect(readSettings([text], [policy.name])).toEqual({ [policy.name]: { [name]: value } });
      }
    }
  });

  it('take any value in range', () => {
    const quanta = fc.integer({ min: 10_000, max: 1_000_000_000 });
    fc.assert(
      fc.property(quanta, (ns) => {
        const text = `lithos.atomizer.quantum=${formatSetting('ns', ns)}`;
        expect(readSettings([text], ['lithos']).lithos).toEqual({ 'atomizer.quantum': ns });
      }),
    );
  });

  it('are collected by policy, the last one of a parameter in force', () => {
    const texts = ['lithos.stealing=off', 'lithos.atomizer=off', 'lithos.stealing=on'];
    expect(readSettings(texts, ['lithos', 'mps'])).toEqual({
      lithos: { stealing: 1, atomizer: 0 },
    });
  });
});
