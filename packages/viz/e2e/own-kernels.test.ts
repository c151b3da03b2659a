import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch, lithos, type Served, serve, summaries } from './browser.ts';

/** How long a test may take: many times what it takes on two idle cores. */
const TIMEOUT = 240_000;
const WAIT = { timeout: 120_000 };

const MODULE = fileURLToPath(new URL('../../hw-a100/kernels/ptx/shapes.ptx', import.meta.url));

const scenario = (time: string): string => `device: a100-40gb
duration: 300ms
seed: 7
tenants:
  - name: classify
    class: hp
    quota: 75%
    workload: { profile: resnet50-b1 }
    arrivals: { poisson: 200/s }
  - name: mine
    class: be
    workload:
      ptx: ${MODULE}
      launches:
        - { kernel: fill_1d, grid: 4000, block: 256, args: [{ buffer: 4MiB }, { u32: 7 }]${time} }
    arrivals: { closed: 1 }
policies: [lithos, mps]
`;

describe.skipIf(CHROMIUM === undefined)('own kernels in the page', () => {
  let folder: string;
  let browser: Browser;
  let server: Served;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lithos-e2e-'));
    const file = join(folder, 'own.yaml');
    writeFileSync(file, scenario(', time: 3ms'));
    await lithos('compare', file, '--out', join(folder, 'runs'), '--jobs', '1');
    server = await serve(join(folder, 'runs'));
    browser = await launch();
    page = await browser.newPage();
    page.setDefaultTimeout(WAIT.timeout);
  }, TIMEOUT);
  afterAll(async () => {
    await browser?.close();
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    'run by the times that they state, as the command runs them, and not without',
    async () => {
      await page.goto(server.root);
      await page.getByText('Run a scenario').first().click();
      await page.fill('.run textarea', scenario(''));
      await page.waitForSelector('.problem strong');
      const problem = await page.textContent('.problem');
      expect(problem).toContain("cannot tell how long kernel 'fill_1d' takes");
      expect(problem).toContain('add time: 1.2ms');
      await page.fill('.run textarea', scenario(', time: 3ms'));
      await page.locator('.run-buttons .primary:enabled').click();
      await expect
        .poll(async () => (await summaries(page)).filter(([, text]) => text).length, WAIT)
        .toBe(2);
      for (const [policy, summary] of await summaries(page)) {
        const file = join(folder, `runs/${policy}-seed7/summary.json`);
        expect(summary).toBe(readFileSync(file, 'utf8'));
        const { tenants } = JSON.parse(summary ?? '') as { tenants: { completed: number }[] };
        expect(tenants[1]?.completed).toBeGreaterThan(10);
      }
    },
    TIMEOUT,
  );
});
