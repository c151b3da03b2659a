import type { Parsed, QuantityReader } from './quantity.ts';

const refused = (problem: string, fix: string): Parsed<never> => ({ problem, fix });

/** Reads integers of any sign from `min` to `max`, decimal or hexadecimal (`0x1f`), exactly. */
export function wholeReader(min: bigint, max: bigint): QuantityReader<bigint> {
  const fix = `write a whole number from ${min} to ${max}`;
  return (text) => {
    const match = /^([+-]?)(0x[0-9a-f]+|\d+)$/i.exec(text.trim());
    if (match === null) return refused(`'${text}' is not a whole number`, fix);
    const value = BigInt(match[2] ?? '') * (match[1] === '-' ? -1n : 1n);
    if (value < min) return refused(`'${text}' is too small`, fix);
    return value > max ? refused(`'${text}' is too large`, fix) : { value };
  };
}

/** Reads floating-point numbers of any sign, of 32 bits or 64. */
export function floatReader(bits: 32 | 64): QuantityReader {
  const fix = 'write a number such as 0.5, -3 or 1e-6';
  return (text) => {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim())) {
      return refused(`'${text}' is not a number`, fix);
    }
    const value = Number(text);
    const stored = bits === 32 ? Math.fround(value) : value;
    if (Number.isFinite(stored)) return { value };
    return refused(`'${text}' is too large for ${bits} bits`, fix);
  };
}
