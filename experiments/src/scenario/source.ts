import { LithosError, nearest } from '@lithos/core';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { QuantityReader } from './quantity.ts';

/** Codes of what can be wrong with a scenario file. */
export type ScenarioErrorCode =
  | 'E_SCENARIO_SYNTAX'
  | 'E_SCENARIO_SHAPE'
  | 'E_SCENARIO_KEY'
  | 'E_SCENARIO_MISSING'
  | 'E_SCENARIO_VALUE'
  | 'E_SCENARIO_NAME'
  | 'E_SCENARIO_DUPLICATE'
  | 'E_SCENARIO_QUOTA'
  | 'E_SCENARIO_MEMORY'
  | 'E_SCENARIO_SLO'
  | 'E_SCENARIO_WARMUP'
  | 'E_SCENARIO_PTX';

/** Own words for errors that the YAML library tells in a programmer's terms. */
const SYNTAX: Readonly<Partial<Record<string, readonly [problem: string, fix: string]>>> = {
  DUPLICATE_KEY: ['this key is given twice', 'remove one of the two'],
  MULTIPLE_DOCS: ['a second document begins', 'keep one scenario per file, without `---`'],
  TAG_RESOLVE_FAILED: ['a tag that is not part of YAML', 'remove the tag (`!…`)'],
};

/** A name that the file chooses; it does not begin as a quantity does. */
const NAME = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;

interface File {
  readonly name: string;
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** Parses YAML (or JSON, which is YAML too) and gives the top value. */
export function readSource(text: string, fileName: string): Entry {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    // The first line of the library's message is the reason; the rest quotes the file.
    const reason = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    const [problem, fix] = SYNTAX[error.code] ?? [reason, 'check indentation, quotes and brackets'];
    throw new LithosError('E_SCENARIO_SYNTAX', `${fileName}:${line}:${col}: ${problem}`, fix);
  }
  return new Entry({ name: fileName, document, lines }, document.contents, 0, '');
}

/** A value of the file, where it stands and how it is called. */
export class Entry {
  /** For example `tenants[0].quota`; empty for the top. */
  readonly path: string;
  private readonly file: File;
  private readonly node: Node | undefined;
  private readonly offset: number;

  constructor(file: File, node: unknown, offset: number, path: string) {
    this.file = file;
    const resolved = isAlias(node) ? node.resolve(file.document) : (node as Node | undefined);
    this.node = resolved ?? undefined;
    this.offset = (node as Node | undefined)?.range?.[0] ?? offset;
    this.path = path;
  }

  /** Refuses the file because of this value. */
  fail(code: ScenarioErrorCode, problem: string, fix: string): never {
    throw new LithosError(code, this.placed(problem), fix);
  }

  /** Does something because of this value; if it is refused, the message says where the value stands. */
  within<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof LithosError)) throw error;
      throw new LithosError(error.code, this.placed(error.message), error.fix, error.exitCode);
    }
  }

  private placed(problem: string): string {
    const { line, col } = this.file.lines.linePos(this.offset);
    const subject = this.path === '' ? '' : `${this.path}: `;
    return `${this.file.name}:${line}:${col}: ${subject}${problem}`;
  }

  /** The value as a mapping with no other keys than `keys`. */
  map(keys: readonly string[]): Mapping {
    const entries = this.entries(`write ${keys.slice(0, 3).join(': …, ')}: …`, (name, at) => {
      if (keys.includes(name)) return;
      const guess = nearest(name, keys);
      at.fail(
        'E_SCENARIO_KEY',
        `unknown key '${name}'`,
        guess === undefined ? `known keys: ${keys.join(', ')}` : `did you mean '${guess}'?`,
      );
    });
    return new Mapping(this, entries);
  }

  /** The value as a mapping whose keys are names that the file chooses. */
  named(example: string): ReadonlyMap<string, Entry> {
    return this.entries(`write ${example}`, (name, at) => {
      if (NAME.test(name)) return;
      const fix = "use letters, digits, '.', '_' and '-', at most 64, a letter first";
      at.fail('E_SCENARIO_VALUE', `'${name}' is not a usable name`, fix);
    });
  }

  /** @param check is told each key, and where it stands */
  private entries(
    fix: string,
    check: (name: string, at: Entry) => void,
  ): ReadonlyMap<string, Entry> {
    const { node } = this;
    if (!isMap(node)) {
      this.fail('E_SCENARIO_SHAPE', `${this.describe()} is not a mapping`, fix);
    }
    const entries = new Map<string, Entry>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const child = this.path === '' ? name : `${this.path}.${name}`;
      const keyOffset = (key as Node).range?.[0] ?? this.offset;
      check(name, new Entry(this.file, undefined, keyOffset, this.path));
      entries.set(name, new Entry(this.file, value ?? undefined, keyOffset, child));
    }
    return entries;
  }

  /** Whether the value is a list. */
  get isList(): boolean {
    return isSeq(this.node);
  }

  /** Whether the value is a mapping. */
  get isMap(): boolean {
    return isMap(this.node);
  }

  /** The value as a list of at least so many. */
  list(least: 0 | 1 = 1): readonly Entry[] {
    const { node } = this;
    if (!isSeq(node)) {
      this.fail('E_SCENARIO_SHAPE', `${this.describe()} is not a list`, 'write one `- …` per item');
    }
    if (node.items.length < least)
      this.fail('E_SCENARIO_MISSING', 'the list is empty', 'add an item');
    return node.items.map(
      (item, i) => new Entry(this.file, item, this.offset, `${this.path}[${i}]`),
    );
  }

  /** The value as the text that stands in the file, quotes removed. */
  text(): string {
    const { node } = this;
    if (node === undefined || (isScalar(node) && node.value === null)) {
      this.fail('E_SCENARIO_MISSING', 'no value is given', 'write one after the colon');
    }
    if (!isScalar(node)) {
      this.fail('E_SCENARIO_SHAPE', `${this.describe()} is not a single value`, 'write one value');
    }
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  /** The value as a quantity. */
  quantity<T>(read: QuantityReader<T>): T {
    const parsed = read(this.text());
    return 'value' in parsed
      ? parsed.value
      : this.fail('E_SCENARIO_VALUE', parsed.problem, parsed.fix);
  }

  /** The value as one of a fixed set of words. */
  oneOf<T extends string>(words: readonly T[]): T {
    const text = this.text();
    const word = words.find((candidate) => candidate === text);
    return word ?? this.unknown('E_SCENARIO_VALUE', `'${text}' is unknown`, text, words);
  }

  /** The path of a file that a text with this ending names, relative to the scenario's folder. */
  fileBeside(ending: string): string | undefined {
    const text = this.text();
    if (!text.endsWith(ending)) return undefined;
    const folder = this.file.name.slice(0, this.file.name.lastIndexOf('/') + 1);
    return text.startsWith('/') ? text : folder + text;
  }

  /** The value as a name that must be known; `what` is a word such as `profile`, `see` a command. */
  knownName(what: string, names: readonly string[], see: string): string {
    const text = this.text();
    if (names.includes(text)) return text;
    const guess = nearest(text, names);
    const fix = guess === undefined ? `see \`${see}\`` : `did you mean '${guess}'? See \`${see}\``;
    return this.fail('E_SCENARIO_NAME', `unknown ${what} '${text}'`, fix);
  }

  private unknown(
    code: ScenarioErrorCode,
    problem: string,
    text: string,
    words: readonly string[],
  ): never {
    const guess = nearest(text, words);
    const known = `write one of ${words.join(', ')}`;
    return this.fail(code, problem, guess === undefined ? known : `did you mean '${guess}'?`);
  }

  private describe(): string {
    const { node } = this;
    if (isMap(node)) return 'a mapping';
    if (isSeq(node)) return 'a list';
    if (isScalar(node) && node.value !== null) return `'${node.source ?? String(node.value)}'`;
    return this.path === '' ? 'an empty file' : 'an empty value';
  }
}

/** A mapping whose keys are all known. */
export class Mapping {
  readonly entry: Entry;
  private readonly entries: ReadonlyMap<string, Entry>;

  constructor(entry: Entry, entries: ReadonlyMap<string, Entry>) {
    this.entry = entry;
    this.entries = entries;
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  /** The value of a key that must be there; `example` shows how to write it. */
  need(key: string, example: string): Entry {
    return (
      this.entries.get(key) ??
      this.entry.fail('E_SCENARIO_MISSING', `'${key}' is missing`, `add ${key}: ${example}`)
    );
  }

  /** The one key among alternatives that is given; two, or none, are refused. */
  oneKey<K extends string>(alternatives: readonly K[]): { readonly key: K; readonly value: Entry } {
    const given = alternatives.flatMap((key) => {
      const value = this.entries.get(key);
      return value === undefined ? [] : [{ key, value }];
    });
    const [first, second] = given;
    if (first === undefined) {
      const fix = `add one of ${alternatives.join(', ')}`;
      this.entry.fail('E_SCENARIO_MISSING', `none of ${alternatives.join(', ')} is given`, fix);
    }
    if (second !== undefined) {
      second.value.fail(
        'E_SCENARIO_SHAPE',
        `'${first.key}' is given already`,
        `keep one of ${first.key} and ${second.key}`,
      );
    }
    return first;
  }
}
