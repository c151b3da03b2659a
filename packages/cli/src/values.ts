import { findPolicy, LithosError } from '@lithos/core';

/** Reads a whole number given to a flag. */
export function countReader(flag: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new LithosError(
      'E_VALUE',
      `${flag}: '${text}' is not a whole number from ${min} to ${max}`,
      `give a whole number, such as ${flag} ${Math.max(min, 2)}`,
    );
  };
}

/** Reads a list of policies: `lithos,mps`. */
export function readPolicies(text: string): readonly string[] {
  const names = text.split(',').map((name) => findPolicy(name.trim()).name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new LithosError('E_VALUE', `--policies: '${twice}' is given twice`, 'remove one of them');
  }
  return names;
}
