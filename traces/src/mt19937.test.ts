import { expect, it } from 'vitest';
import { Mt19937 } from './mt19937.ts';

it("is C++'s mt19937: the 10,000th number of the default seed is 4123659995", () => {
  const twister = new Mt19937(5489n);
  let last = 0;
  for (let i = 0; i < 10_000; i++) last = twister.uint32();
  expect(last).toBe(4123659995);
});

it('uses a 64-bit seed modulo 2^32', () => {
  const seed = 18209322760996052031n;
  expect(new Mt19937(seed).uint32()).toBe(new Mt19937(seed % (1n << 32n)).uint32());
});

it('makes uniform numbers below 1', () => {
  const twister = new Mt19937(1n);
  for (let i = 0; i < 10_000; i++) {
    const u = twister.canonical();
    expect(u >= 0 && u < 1).toBe(true);
  }
});
