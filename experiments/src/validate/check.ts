import { LithosError, nearest } from '@lithos/core';

type Json = Readonly<Record<string, unknown>>;

/** Checks the parts of a measurement file; what is wrong is a `LithosError` `E_MEASUREMENTS`. */
export class Check {
  private readonly file: string;
  private readonly schema: string;

  constructor(file: string, schema: string) {
    this.file = file;
    this.schema = schema;
  }

  refuse(what: string): never {
    throw new LithosError(
      'E_MEASUREMENTS',
      `${this.file}: ${what}`,
      `give a ${this.schema} file (.json or .json.gz)`,
    );
  }

  fail(where: string, found: unknown, expected: string): never {
    if (found === undefined) return this.refuse(`${where} is missing, expected ${expected}`);
    const text = typeof found === 'string' ? found : JSON.stringify(found);
    return this.refuse(`${where} is ${text.slice(0, 60)}, expected ${expected}`);
  }

  object(value: unknown, where: string): Json {
    const sound = typeof value === 'object' && value !== null && !Array.isArray(value);
    return sound ? (value as Json) : this.fail(where, value, 'an object');
  }

  array(value: unknown, where: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.fail(where, value, 'an array');
  }

  text(value: unknown, where: string): string {
    return typeof value === 'string' && value !== '' ? value : this.fail(where, value, 'a text');
  }

  count(value: unknown, where: string): number {
    const sound = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    return sound ? value : this.fail(where, value, 'a whole number from 0');
  }

  positive(value: unknown, where: string): number {
    const sound = typeof value === 'number' && Number.isFinite(value) && value > 0;
    return sound ? value : this.fail(where, value, 'a number above 0');
  }

  notNegative(value: unknown, where: string): number {
    const sound = typeof value === 'number' && Number.isFinite(value) && value >= 0;
    return sound ? value : this.fail(where, value, 'a number from 0');
  }

  oneOf<T extends string>(value: unknown, known: readonly T[], where: string): T {
    const found = known.find((name) => name === value);
    if (found !== undefined) return found;
    const near = typeof value === 'string' ? nearest(value, known) : undefined;
    return this.fail(where, value, near === undefined ? known.join(', ') : `'${near}' or the like`);
  }

  /** Python writes NaN and Infinity into JSON, which JSON has not: kept as text, to be named. */
  json(text: string, where?: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      const named = text.replace(/([[:,]\s*)(-?(?:NaN|Infinity))(?=\s*[\],}])/g, '$1"$2"');
      try {
        return JSON.parse(named);
      } catch {
        const at = where === undefined ? '' : `${where} `;
        return this.refuse(`${at}is not JSON: ${(error as Error).message}`);
      }
    }
  }
}
