/**
 * Fills in what stands between `<!-- generated: NAME -->` and `<!-- end of generated -->` in `docs/`,
 * from the built code. With `--check` it changes nothing, and fails if a page is out of date.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricsMarkdown } from '../experiments/dist/index.js';
import { makeProgram } from '../packages/cli/dist/program.js';
import { Terminal } from '../packages/cli/dist/terminal.js';
import { alignTables } from './align-tables.mjs';
import { commandsMarkdown } from './commands-markdown.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const DOCS = join(ROOT, 'docs');
const SECTION = /(<!-- generated: ([a-z-]+) -->\n)[\s\S]*?(<!-- end of generated -->)/g;

const SOURCES = {
  commands: () => commandsMarkdown(makeProgram(new Terminal(process.stdout, process.stderr, {}))),
  metrics: () => metricsMarkdown(),
  requests: () => columnsOf('requests'),
  unfinished: () => columnsOf('unfinished'),
  atoms: () => columnsOf('atoms'),
  counters: () => columnsOf('counters'),
};

/** The table of columns in the doc comment of a table of run records. */
function columnsOf(table) {
  const file = join(ROOT, 'experiments/src/record', `${table}.ts`);
  const lines = readFileSync(file, 'utf8').match(/^ \* \|.*$/gm);
  if (lines === null) throw new Error(`${file} has no table of columns in its doc comment`);
  return `${lines.map((line) => line.slice(3)).join('\n')}\n`;
}

function filledIn(text, file) {
  return text.replace(SECTION, (_, begin, name, end) => {
    const source = SOURCES[name];
    if (source === undefined) throw new Error(`${file}: nothing generates '${name}'`);
    return `${begin}\n${alignTables(source().trim())}\n\n${end}`;
  });
}

const check = process.argv.includes('--check');
let stale = 0;
for (const path of readdirSync(DOCS, { recursive: true })) {
  if (!path.endsWith('.md')) continue;
  const file = join(DOCS, path);
  const text = readFileSync(file, 'utf8');
  const wanted = filledIn(text, `docs/${path}`);
  if (wanted === text) continue;
  stale += 1;
  console.log(`docs/${path} ${check ? 'is out of date' : 'written'}`);
  if (!check) writeFileSync(file, wanted);
}
if (check && stale > 0) {
  console.error('fix: npm run docs');
  process.exitCode = 1;
}
