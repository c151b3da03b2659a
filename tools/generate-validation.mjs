/**
 * Fills in what stands between `<!-- validation: NAME -->` and `<!-- end of validation -->` in
 * docs/validation.md, and draws docs/validation/NAME.svg, by running the validations. With `--check`
 * it changes nothing, and fails if one of these files is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  colocationPart,
  kernelsPart,
  microPart,
  parseColocation,
  parseMicro,
  powerPart,
  simBackend,
  validateColocation,
  validateKernels,
  validateMicro,
  validatePower,
} from '../experiments/dist/index.js';
import {
  readMeasurements,
  shippedMeasurements,
  shippedProfiles,
} from '../experiments/dist/node/index.js';
import { alignTables } from './align-tables.mjs';

const DEVICE = 'h200';
const TPCS = 66;
const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));
const PAGE = join(DOCS, 'validation.md');
const SECTION = /(<!-- validation: ([a-z]+) -->\n)[\s\S]*?(<!-- end of validation -->)/g;

const profiles = shippedProfiles(DEVICE);
const microFile = shippedMeasurements(DEVICE, 'microbenchmarks.jsonl');
const pairsFile = shippedMeasurements(DEVICE, 'colocation.json.gz');
const ids = profiles.map(({ id }) => id);
const pairs = parseColocation(readMeasurements(pairsFile), 'colocation.json.gz', ids, TPCS);
const byId = new Map(profiles.map((profile) => [profile.id, profile]));

const parts = [
  kernelsPart(validateKernels(profiles)),
  colocationPart(await validateColocation(pairs, DEVICE, simBackend, (id) => byId.get(id))),
  microPart(validateMicro(parseMicro(readMeasurements(microFile), 'microbenchmarks.jsonl', TPCS))),
  powerPart(validatePower(profiles)),
];

const texts = new Map(
  parts.map(({ name, text }) => [
    name,
    `${text}\n\n![Measured against predicted](validation/${name}.svg)`,
  ]),
);
const rows = parts.flatMap(({ name, summary }) =>
  summary.map(
    ([quantity, cases, error], i) =>
      `| ${i === 0 ? `\`${name}\`` : ''} | ${quantity} | ${cases} | ${error} |`,
  ),
);
texts.set(
  'summary',
  ['| part | error | cases | |', '| --- | --- | ---: | ---: |', ...rows].join('\n'),
);

const page = readFileSync(PAGE, 'utf8');
const files = new Map(parts.map(({ name, svg }) => [join(DOCS, 'validation', `${name}.svg`), svg]));
files.set(
  PAGE,
  page.replace(SECTION, (_, begin, name, end) => {
    const text = texts.get(name);
    if (text === undefined) throw new Error(`docs/validation.md: nothing generates '${name}'`);
    return `${begin}\n${alignTables(text)}\n\n${end}`;
  }),
);

const check = process.argv.includes('--check');
mkdirSync(join(DOCS, 'validation'), { recursive: true });
let stale = 0;
for (const [file, wanted] of files) {
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  stale += 1;
  console.log(`docs/${file.slice(DOCS.length)} ${check ? 'is out of date' : 'written'}`);
  if (!check) writeFileSync(file, wanted);
}
if (check && stale > 0) {
  console.error('fix: npm run build && node tools/generate-validation.mjs');
  process.exitCode = 1;
}
