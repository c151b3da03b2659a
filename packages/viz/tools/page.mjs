import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/** The command, built. */
export const LITHOS = fileURLToPath(new URL('../../cli/bin/lithos.js', import.meta.url));

/** Headless Chromium with software rendering. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });

/** A `lithos view` of runs, and where it serves. */
export function serve(...records) {
  const server = spawn(process.execPath, [LITHOS, 'view', ...records, '--no-open']);
  return new Promise((resolve) => {
    server.stdout.once('data', (text) => {
      resolve({ address: String(text).trim(), stop: () => server.kill('SIGINT') });
    });
  });
}

/** A page on which the runs of an address are open. */
export async function opened(browser, address, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  await page.goto(address);
  await page.waitForFunction(
    () => document.documentElement.dataset.opened !== undefined,
    undefined,
    { timeout: 120_000 },
  );
  return page;
}
