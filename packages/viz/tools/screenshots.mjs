/**
 * Makes the pictures of README and guide in docs/images: runs the quickstart, and shows it.
 * Usage: node packages/viz/tools/screenshots.mjs
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LITHOS, launch, opened, serve } from './page.mjs';

const IMAGES = fileURLToPath(new URL('../../../docs/images/', import.meta.url));
/** What is shown around the arrival of chat's first request, ns before and after. */
const BEFORE_NS = 0.5e6;
const AFTER_NS = 1.5e6;

const folder = mkdtempSync(join(tmpdir(), 'lithos-images-'));
const browser = await launch();
try {
  const args = ['compare', 'quickstart', '--policies', 'lithos,mps', '--out', folder, '--force'];
  execFileSync(process.execPath, [LITHOS, ...args], { stdio: 'ignore' });
  const { address, stop } = await serve(folder);
  const compared = await opened(browser, address, { colorScheme: 'light' });
  await picture(compared, 'compare-light.png');
  stop();
  const one = await serve(join(folder, 'lithos-seed1'));
  await picture(await firstRequest(one.address), 'timeline-dark.png');
  one.stop();
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The page at the moment at which chat gets its first request, which is selected. */
async function firstRequest(address) {
  const look = { viewport: { width: 1920, height: 1080 }, colorScheme: 'dark' };
  const page = await opened(browser, address, look);
  await page.evaluate(
    ([before, after]) => {
      const { requests, tenants } = window.lithosViewer.runs()[0].open.data;
      const first = requests.starts[tenants.findIndex(({ name }) => name === 'chat')];
      const at = requests.arrival[first];
      location.hash = `t=${at - before},${at + after}&sel=request:0:${first}`;
    },
    [BEFORE_NS, AFTER_NS],
  );
  await page.waitForSelector('.panel .head');
  return page;
}

async function picture(page, name) {
  // Two frames: the page has drawn what it was told.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  await page.screenshot({ path: join(IMAGES, name) });
  console.log(`docs/images/${name}`);
}
