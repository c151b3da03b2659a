/**
 * Fits the H200's power model to the kernel profiles that ship and writes
 * `packages/sim/src/power/fitted.ts`: `node packages/sim/tools/fit-power.mjs`, after `npm run build`.
 * The same profiles give the same constants.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fitPower } from '../dist/power/fit.js';
import { TENSOR_KINDS } from '../dist/power/tensor-work.js';

const folder = new URL('../../../traces/profiles/', import.meta.url);
const profiles = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));

const families = [...new Set(profiles.map((profile) => profile.model))].sort();

/** Four digits are enough. */
const short = (x) => Number(x.toPrecision(4));

function entry(name, { wattsPerTerm, tensorPerWork }) {
  const key = /^\w+$/.test(name) ? name : `'${name}'`;
  const kinds = TENSOR_KINDS.map((kind) => `      '${kind}': ${short(tensorPerWork[kind])},`);
  return [
    `  ${key}: {`,
    `    wattsPerTerm: [${wattsPerTerm.map(short).join(', ')}],`,
    '    tensorPerWork: {',
    ...kinds,
    '    },',
    '  },',
  ].join('\n');
}

const entries = [
  entry('all', fitPower(profiles)),
  ...families.map((family) =>
    entry(family, fitPower(profiles.filter((profile) => profile.model !== family))),
  ),
];

writeFileSync(
  new URL('../src/power/fitted.ts', import.meta.url),
  `import type { PowerConstants } from './constants.ts';

/**
 * Source: fitted to the ${profiles.length} H200 profiles that ship, by \`packages/sim/tools/fit-power.mjs\`, which
 * writes this file. \`all\`: to all of them; any other entry: without the model family it names.
 */
export const FITTED: Readonly<Record<string, PowerConstants>> = {
${entries.join('\n')}
};
`,
);
