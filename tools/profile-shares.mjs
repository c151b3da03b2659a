// Groups a V8 CPU profile by part of the model: `node tools/profile-shares.mjs FILE.cpuprofile`.
// Make one with: node --cpu-prof --cpu-prof-name=run.cpuprofile packages/cli/dist/main.js \
//   run quickstart --policy lithos --jobs 1 --record none
import { readFileSync } from 'node:fs';

/** The part that a script belongs to: its package and folder, or what Node does. */
function partOf(url) {
  const match = /(core|sim|traces|experiments|cli)\/dist\/((?:policies\/)?[a-z-]+)(\/|\.js)/.exec(
    url,
  );
  if (match === null) return 'node: garbage collection, idle, modules';
  const [, name, folder, ending] = match;
  return ending === '/' ? `${name}: ${folder}` : `${name}: top`;
}

const file = process.argv[2];
if (file === undefined) {
  console.error('give a .cpuprofile file');
  process.exit(2);
}
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
const urls = new Map(nodes.map((node) => [node.id, node.callFrame.url]));
const times = new Map();
let total = 0;
samples.forEach((id, i) => {
  const part = partOf(urls.get(id));
  times.set(part, (times.get(part) ?? 0) + timeDeltas[i]);
  total += timeDeltas[i];
});
for (const [part, time] of [...times].sort((a, b) => b[1] - a[1])) {
  console.log(`${((100 * time) / total).toFixed(1).padStart(5)} %  ${part}`);
}
