import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { CHROMIUM, launch, lithos, type Served, serve } from './browser.ts';

/** How long a test may take: ten times what it takes on two idle cores. */
export const TIMEOUT = 240_000;
/** How long is waited for one thing. */
export const WAIT = 120_000;

export const SCENARIO = `device: a100-40gb
duration: 600ms
warmup: 50ms
seed: 7
tenants:
  - name: classify
    class: hp
    quota: 75%
    workload: { profile: resnet50-b1 }
    arrivals: { poisson: 200/s }
    slo: { latency_p99: 15ms }
  - name: train
    class: be
    workload: { profile: resnet50-train-b32 }
    arrivals: { closed: 1 }
policies: [lithos, mps]
`;

/** Takes hours; of few requests, so that a report is shown as fast late in it as early. */
const LONG = SCENARIO.replace('600ms', '100000s').replace('200/s', '5/s');

/** Two runs, a `lithos view` that serves them, and a new page for every test. */
export interface ViewerFixture {
  readonly page: Page;
  readonly server: Served;
  /** Has the runs in `runs/`. */
  readonly folder: string;
  /** The page with one of the runs. */
  one(policy: string): string;
  text(selector: string): Promise<string>;
  /** What the panel says. */
  detail(): Promise<string>;
  /** Drops the files of a run on the page. */
  dropRun(name: string): Promise<void>;
  /** Opens the dialog and runs a scenario under LithOS and MPS. */
  run(scenario: string): Promise<void>;
  /** Begins to run a scenario whose simulation takes longer than any test, and waits till it is seen. */
  runLong(): Promise<void>;
  waitForRuns(count: number): Promise<void>;
  /** Waits until each run that goes on has reported so often again. */
  waitForReports(count: number): Promise<void>;
  /** Waits until all runs are done. */
  waitForSummaries(count: number): Promise<void>;
}

/** Registers what prepares the tests of a file and cleans up after them. */
export function startViewer(): ViewerFixture {
  let folder: string;
  let browser: Browser;
  let server: Served;
  let page: Page;
  /** What the page's console says of errors. */
  let errors: string[];

  beforeAll(async () => {
    if (CHROMIUM === undefined) return;
    folder = mkdtempSync(join(tmpdir(), 'lithos-e2e-'));
    const file = join(folder, 'small.yaml');
    writeFileSync(file, SCENARIO);
    await lithos('compare', file, '--out', join(folder, 'runs'), '--jobs', '1');
    server = await serve(join(folder, 'runs'));
    browser = await launch();
  }, TIMEOUT);
  afterAll(async () => {
    await browser?.close();
    server?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }, WAIT);
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.setDefaultTimeout(WAIT);
    // Two policies are simulated at the same time, however many cores there are.
    await page.addInitScript(() =>
      Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 }),
    );
    errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
  }, WAIT);
  afterEach(async () => {
    await page.close();
    expect(errors).toEqual([]);
  }, WAIT);

  const run = async (scenario: string): Promise<void> => {
    await page.locator('.bar .primary').click();
    await page.fill('.run textarea', scenario);
    await page.locator('.run-buttons .primary:enabled').click();
  };
  const waitForRuns = async (count: number): Promise<void> => {
    await page.waitForFunction((wanted) => window.lithosViewer.runs().length === wanted, count);
  };
  return {
    get page() {
      return page;
    },
    get server() {
      return server;
    },
    get folder() {
      return folder;
    },
    one: (policy) => `${server.root}?run=runs/${policy}-seed7`,
    text: async (selector) => (await page.textContent(selector)) ?? '',
    detail: async () => (await page.textContent('.panel-body')) ?? '',
    dropRun: async (name) => {
      const files = ['manifest', 'summary', 'atoms', 'requests', 'counters'].map(
        (part, i) => `${part}.${i < 2 ? 'json' : 'parquet'}`,
      );
      const contents = files.map(
        (file) => [file, readFileSync(join(folder, 'runs', name, file), 'base64')] as const,
      );
      await page.evaluate((all) => {
        const data = new DataTransfer();
        for (const [file, text] of all) {
          const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          data.items.add(new File([bytes], file));
        }
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
      }, contents);
    },
    run,
    runLong: async () => {
      await run(LONG);
      await waitForRuns(2);
    },
    waitForRuns,
    waitForReports: async (count) => {
      for (let n = 0; n < count; n++) {
        const before = await page.evaluateHandle(() => window.lithosViewer.runs());
        await page.waitForFunction((then) => {
          const now = window.lithosViewer.runs();
          return now.every(
            (run) => run.open.data.manifest.exit !== 'running' || !then.includes(run),
          );
        }, before);
      }
    },
    waitForSummaries: async (count) => {
      await page.waitForFunction((wanted) => {
        const runs = window.lithosViewer.runs();
        return runs.length === wanted && runs.every(({ open }) => open.data.summary !== undefined);
      }, count);
    },
  };
}
