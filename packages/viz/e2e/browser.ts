import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';

const LITHOS = fileURLToPath(new URL('../../cli/bin/lithos.js', import.meta.url));

/** Where a Chromium is, or `undefined`. */
export const CHROMIUM: string | undefined = (
  process.env.CHROMIUM_PATH === undefined
    ? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
    : [process.env.CHROMIUM_PATH]
).find((path) => existsSync(path));

if (CHROMIUM === undefined) {
  console.warn('skipped: tests in a browser, for want of a Chromium (set CHROMIUM_PATH)');
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
}

/** Runs `lithos` to its end. */
export async function lithos(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [LITHOS, ...args]);
}

/** A `lithos view` that serves. */
export interface Served {
  readonly address: string;
  /** The page's address without runs. */
  readonly root: string;
  stop(): void;
}

export function serve(...runs: readonly string[]): Promise<Served> {
  const server: ChildProcess = spawn(process.execPath, [LITHOS, 'view', ...runs, '--no-open'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    server.on('exit', (code) => reject(new Error(`lithos view ended with code ${code}`)));
    server.stdout?.once('data', (text: Buffer) => {
      const address = String(text).trim();
      resolve({
        address,
        root: new URL('/', address).href,
        stop: () => server.kill('SIGINT'),
      });
    });
  });
}

/** What the page tells tests and measurements of itself. */
interface Viewer {
  span(): { readonly from: number; readonly to: number };
  runs(): readonly {
    readonly open: {
      readonly data: {
        readonly manifest: { readonly policy: string; readonly exit: string };
        readonly summary: unknown;
        readonly summaryText: string | undefined;
      };
    };
  }[];
  state(): { readonly selection: unknown } | undefined;
}

declare global {
  interface Window {
    readonly lithosViewer: Viewer;
  }
}

/** The span that is shown. */
export function span(page: Page): Promise<{ readonly from: number; readonly to: number }> {
  return page.evaluate(() => window.lithosViewer.span());
}

/** Policies of the runs that are open, and their summaries as text. */
export function summaries(page: Page): Promise<readonly (readonly [string, string | undefined])[]> {
  return page.evaluate(() =>
    window.lithosViewer
      .runs()
      .map(({ open: { data } }) => [data.manifest.policy, data.summaryText] as const),
  );
}

/** Waits until the runs of the page's link are there. */
export async function opened(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.opened !== undefined);
}
