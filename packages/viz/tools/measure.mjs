/**
 * Measures the viewer: makes runs of about a million and ten million atoms, opens each in headless
 * Chromium with software rendering, drives real wheel and key events, and prints how long it takes to
 * open and how many frames a second it draws. Usage: node packages/viz/tools/measure.mjs [--quick]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { LITHOS, launch, opened, serve } from './page.mjs';

const RIGHT_SIZED = ['--set', 'lithos.right-sizing=on'];
/** Simulated time of the quickstart under LithOS that gives about so many atoms. */
const RUNS = [
  { name: '1e6', duration: '21s', set: [], openS: 2, framesPerS: 50 },
  { name: '1e7', duration: '221s', set: [], openS: 15, framesPerS: 30 },
  // Right-sizing makes many distinct TPC sets, of which nearly every TPC's history differs.
  { name: '1e6 right-sized', duration: '21s', set: RIGHT_SIZED, openS: 2, framesPerS: 50 },
  { name: '1e7 right-sized', duration: '224s', set: RIGHT_SIZED, openS: 15, framesPerS: 30 },
];
const OPENINGS = 3;
const SECONDS = 4;
/** Between two events, and events that the page may be behind. */
const EVENT_MS = 8;
const IN_FLIGHT = 6;

const overLanes = (page) => page.mouse.move(560, 560);
const fit = async (page) => {
  await overLanes(page);
  await page.keyboard.press('f');
};
const zoomed = (times) => async (page) => {
  await fit(page);
  for (let i = 0; i < times; i++) await page.keyboard.press('w');
};
const wheelZoom = async (page, i) => {
  if (i === 0) await page.keyboard.down('Control');
  await page.mouse.wheel(0, Math.floor(i / 60) % 2 === 0 ? -40 : 40);
};
const release = async (page) => page.keyboard.up('Control');

const GESTURES = [
  ['wheel: zoom in and out, from all', { prepare: fit, step: wheelZoom }],
  [
    'wheel: move, a tenth of the run',
    {
      prepare: async (page) => {
        await release(page);
        await zoomed(10)(page);
        await page.keyboard.down('Shift');
      },
      step: (page, i) => page.mouse.wheel(0, Math.floor(i / 80) % 2 === 0 ? 30 : -30),
    },
  ],
  [
    'keys: move, 30 ms shown',
    {
      prepare: async (page) => {
        await page.keyboard.up('Shift');
        await zoomed(30)(page);
      },
      step: (page, i) => page.keyboard.press(Math.floor(i / 80) % 2 === 0 ? 'd' : 'a'),
    },
  ],
  [
    'keys: move, atoms one by one',
    { prepare: zoomed(48), step: (page, i) => page.keyboard.press(i % 160 < 80 ? 'd' : 'a') },
  ],
];

const folder = mkdtempSync(join(tmpdir(), 'lithos-view-'));
const quick = process.argv.includes('--quick');
const browser = await launch();
console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores; Chromium ${browser.version()}, software rendering, 1280 x 800`,
);
try {
  for (const run of quick ? RUNS.slice(0, 1) : RUNS) await measure(run);
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ name, duration, set, openS, framesPerS }) {
  const out = join(folder, name);
  const args = ['run', 'quickstart', '--policy', 'lithos', '--duration', duration, '--out', out];
  execFileSync(process.execPath, [LITHOS, ...args, ...set], { stdio: 'ignore' });
  const record = join(out, 'lithos-seed1');
  const { counts } = JSON.parse(readFileSync(join(record, 'manifest.json'), 'utf8'));
  console.log(
    `\n${counts.atoms.toLocaleString('en-US')} atoms${set.length > 0 ? ', right-sized' : ''}`,
  );
  const { address, stop } = await serve(record);
  try {
    const times = [];
    for (let i = 0; i < OPENINGS; i++) times.push(await openingTime(address));
    const median = times.sort((a, b) => a - b)[Math.floor(OPENINGS / 2)];
    report('opens in', `${(median / 1000).toFixed(2)} s`, median / 1000 < openS, `< ${openS} s`);
    const page = await opened(browser, address);
    for (const [what, gesture] of GESTURES) {
      const rate = await frameRate(page, gesture);
      report(what, `${rate.toFixed(1)} frames/s`, rate >= framesPerS, `>= ${framesPerS}`);
    }
    await page.close();
  } finally {
    stop();
  }
}

function report(what, value, meets, target) {
  console.log(
    `  ${what.padEnd(34)} ${value.padStart(15)}   ${meets ? 'meets' : 'MISSES'} ${target}`,
  );
}

/** From the start of the navigation to the run being shown. */
async function openingTime(address) {
  const page = await opened(browser, address);
  const time = Number(await page.evaluate(() => document.documentElement.dataset.opened));
  await page.close();
  return time;
}

/** Frames a second that are drawn while a gesture goes on: real events, one after the other. */
async function frameRate(page, { prepare, step }) {
  await prepare?.(page);
  await page.waitForTimeout(300);
  const frames = () => page.evaluate(() => window.lithosViewer.frames());
  const before = await frames();
  const began = performance.now();
  // Events come as a hand makes them, at their own pace, whether or not the page keeps up.
  const sent = [];
  for (let i = 0; performance.now() - began < SECONDS * 1000; i++) {
    sent.push(step(page, i));
    await new Promise((resolve) => setTimeout(resolve, EVENT_MS));
    if (sent.length > IN_FLIGHT) await sent[sent.length - IN_FLIGHT];
  }
  await Promise.all(sent);
  const after = await frames();
  return ((after - before) * 1000) / (performance.now() - began);
}
