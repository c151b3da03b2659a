/**
 * Fits the latency model's constants to the kernel profiles that ship and prints them beside those
 * in `packages/sim/src/latency/constants.ts`: `node packages/sim/tools/fit-latency.mjs [CLASS…]`,
 * after `npm run build`; with `--without FAMILY` as `left-out.ts` has them, without a model family.
 * The same profiles give the same constants. All classes take some minutes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findDevice } from '../dist/index.js';
import { ClassFit, classesOf } from '../dist/latency/fit.js';
import { KERNEL_CLASSES } from '../dist/latency/kernel-class.js';
import { constantsWithout } from '../dist/latency/left-out.js';

const { values, positionals } = parseArgs({
  options: { without: { type: 'string', default: '' } },
  allowPositionals: true,
});
const folder = new URL('../../../traces/profiles/', import.meta.url);
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
const profiles = all.filter((profile) => profile.model !== values.without);
const families = [...new Set(all.map((profile) => profile.model))].sort();
const unknown = positionals.find((name) => !KERNEL_CLASSES.includes(name));
if (unknown !== undefined || (values.without !== '' && !families.includes(values.without))) {
  console.error(`classes: ${KERNEL_CLASSES.join(', ')}\nfamilies: ${families.join(', ')}`);
  process.exit(2);
}

const device = findDevice('h200');
const shipped = constantsWithout(values.without);
/** One decimal more than in `constants.ts`. */
const short = (constants) => constants.map((value) => Number(value.toFixed(4)) + 0);
const line = (what, constants, error) =>
  console.log(`  ${what}: [${constants.join(', ')}], error ${(100 * error).toFixed(3)} %`);

for (const name of positionals.length > 0 ? positionals : classesOf(profiles, device)) {
  const fit = new ClassFit(name, profiles, device);
  console.log(`${name}, ${fit.kernels} kernels`);
  line('shipped', shipped[name], fit.error(shipped[name]));
  const found = short(fit.fit());
  line('fitted ', found, fit.error(found));
}
