import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LithosError, nearest } from '@lithos/core';
import { parseScenario, type Scenario } from '@lithos/experiments';
import { scenarioContext } from '@lithos/experiments/node';
import { ptxReader } from './ptx-files.ts';

/** A scenario that comes with the software. */
export interface ShippedScenario {
  readonly name: string;
  /** The comment that the file begins with: its first line. */
  readonly summary: string;
  readonly path: string;
}

/** The same place seen from the package's `src` and from its `dist`. */
const FOLDER = fileURLToPath(new URL('../scenarios/', import.meta.resolve('@lithos/experiments')));

/** The scenarios in `experiments/scenarios/`. */
export function shippedScenarios(): readonly ShippedScenario[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => {
      const path = join(FOLDER, file);
      const [comment = ''] = readFileSync(path, 'utf8').split('\n', 1);
      return { name: file.replace(/\.yaml$/, ''), summary: comment.replace(/^#\s*/, ''), path };
    });
}

/**
 * Reads and checks a scenario, by path or by the name of a shipped one; PTX modules that it names are
 * read as well.
 */
export function readScenario(pathOrName: string, backend: 'sim' | 'hw'): Scenario {
  const path = isFile(pathOrName) ? pathOrName : shippedPath(pathOrName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new LithosError('E_FILE', `cannot read ${path}: ${(error as Error).message}`);
  }
  const extras = { ptxKernels: ptxReader(), simulated: backend === 'sim' };
  return parseScenario(text, path, scenarioContext(extras));
}

function shippedPath(name: string): string {
  const shipped = shippedScenarios();
  const found = shipped.find((scenario) => scenario.name === name);
  if (found !== undefined) return shorter(found.path);
  if (existsSync(name)) {
    throw new LithosError('E_FILE', `${name} is not a file`, 'give a scenario file');
  }
  const guess = nearest(
    name.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, ''),
    shipped.map((scenario) => scenario.name),
  );
  throw new LithosError(
    'E_SCENARIO_FILE',
    `there is no scenario file '${name}', nor a shipped scenario of that name`,
    guess === undefined
      ? 'see `lithos scenarios`, or give the path of a file'
      : `did you mean '${guess}'? See \`lithos scenarios\``,
  );
}

/** The path seen from the current folder, if that is inside it. */
export function shorter(path: string): string {
  const from = relative(process.cwd(), path);
  return from.startsWith('..') ? path : from;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
