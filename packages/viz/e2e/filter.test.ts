import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, opened } from './browser.ts';
import { SCENARIO, startViewer, TIMEOUT } from './fixture.ts';

describe.skipIf(CHROMIUM === undefined)('filters in a browser', { timeout: TIMEOUT }, () => {
  const viewer = startViewer();

  /** Waits until the page says how many atoms match, and gives that and how many there are. */
  const counts = async (): Promise<readonly [number, number]> => {
    const status = viewer.page.locator('.filter-status', { hasText: / of .* atoms match$/ });
    await status.waitFor();
    const [matching, all] = ((await status.textContent()) ?? '')
      .replaceAll(',', '')
      .match(/\d+/g) ?? ['', ''];
    return [Number(matching), Number(all)];
  };

  /** Pixels of the timeline that have a colour, `#rrggbb`. */
  const pixels = (colour: string): Promise<number> =>
    viewer.page.evaluate(async (wanted) => {
      // What is to be drawn is drawn in the next frame.
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.plot');
      const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(wanted.slice(at, at + 2), 16));
      let count = 0;
      const data = image?.data ?? [];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i] === r && data[i + 1] === g && data[i + 2] === b) count += 1;
      }
      return count;
    }, colour);
  /** The colour of what does not match, in the light. */
  const GREY = '#caced4';

  it('dims what is not of a kernel, by keys alone, and says how much matches', async () => {
    const { page, one } = viewer;
    await page.goto(`${one('lithos')}&theme=light`);
    await opened(page);
    expect(await page.isHidden('.filters')).toBe(true);
    // Some pixels are mixed to it by chance.
    const before = await pixels(GREY);
    await page.keyboard.press('Shift+F');
    await page.keyboard.type('GEMM');
    const [gemm, all] = await counts();
    expect(gemm).toBeGreaterThan(0);
    expect(gemm).toBeLessThan(all);
    expect(await pixels(GREY)).toBeGreaterThan(before + 1000);
    expect(await page.getAttribute('.filter-status', 'role')).toBe('status');
    expect(await page.textContent('.filters')).toContain('exact share');
    // With a condition on the TPCs there are fewer.
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await page.inputValue('[aria-label="Filter by TPCs"]')).toBe('stolen');
    await page.waitForFunction(
      (before) => !document.querySelector('.filter-status')?.textContent?.startsWith(before),
      `${gemm.toLocaleString('en-US')} of`,
    );
    expect((await counts())[0]).toBeLessThan(gemm);
    await page.getByRole('button', { name: 'Clear filter' }).press('Enter');
    await page.waitForFunction(() => document.querySelector('.filter-status')?.textContent === '');
    expect(await pixels(GREY)).toBeLessThan(before + 100);
    expect(await page.inputValue('[aria-label^="Filter by kernel"]')).toBe('');
  });

  it('splits the atoms of a run by each condition, with nothing left over', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    const conditions = [
      ['Filter by prediction', ['met', 'missed', 'none']],
      ['Filter by right-sizing', ['right-sized', 'as-asked']],
      ['Filter by launch', ['whole', 'cut']],
    ] as const;
    for (const [label, values] of conditions) {
      let sum = 0;
      let all = 0;
      for (const value of values) {
        await page.getByLabel(label).selectOption(value);
        const [matching, total] = await counts();
        sum += matching;
        all = total;
      }
      expect(sum).toBe(all);
      await page.getByLabel(label).selectOption('');
      await page.waitForFunction(
        () => document.querySelector('.filter-status')?.textContent === '',
      );
    }
  });

  it('keeps a filter in the link, with tenants that are dimmed', async () => {
    const { page, one } = viewer;
    await page.goto(`${one('lithos')}#run=runs/lithos-seed7&kernel=gemm&launch=cut&dim=train`);
    await opened(page);
    expect(await page.inputValue('[aria-label^="Filter by kernel"]')).toBe('gemm');
    expect(await page.inputValue('[aria-label="Filter by launch"]')).toBe('cut');
    await page.getByRole('button', { name: 'Filter (2)' }).waitFor();
    const chip = page.locator('.chip', { hasText: 'train' });
    expect(await chip.getAttribute('aria-pressed')).toBe('false');
    const before = await counts();
    await page.getByLabel('Filter by prediction').selectOption('met');
    await chip.click();
    await page.waitForFunction(() => /prediction=met/.test(location.hash));
    await page.waitForFunction(() => !/dim=/.test(location.hash));
    await page.reload();
    await opened(page);
    expect(await page.inputValue('[aria-label="Filter by prediction"]')).toBe('met');
    expect((await counts())[1]).toBe(before[1]);
    // What is grey in a report is said in it.
    const waiting = page.waitForEvent('download');
    await page.selectOption('select[aria-label=Export]', 'report');
    expect(readFileSync(await (await waiting).path(), 'utf8')).toContain(
      'Grey is what does not match: Kernel: “gemm” · Prediction: within 50 µs · Launch: cut into',
    );
    // Another link to the same run has none.
    await page.evaluate(() => {
      location.hash = '#run=runs/lithos-seed7';
    });
    await page.waitForFunction(() => document.querySelector('.filter-status')?.textContent === '');
    await page.getByRole('button', { name: 'Filter', exact: true }).waitFor();
  });

  it('filters each of the runs that are compared, and says of one that goes on what it can', async () => {
    const { page, server } = viewer;
    await page.goto(server.address);
    await opened(page);
    await page.keyboard.press('Shift+F');
    await page.keyboard.type('gemm');
    await page
      .locator('.filter-status', { hasText: /^lithos: .* match · mps: .* atoms match$/ })
      .waitFor();
    await viewer.runLong();
    await page.locator('.filter-status', { hasText: 'goes on, and is filtered by TPCs' }).waitFor();
  });

  it('closes a run while it is filtered: one that was opened, and one that was simulated', async () => {
    const { page, server } = viewer;
    await page.goto(server.address);
    await opened(page);
    await page.keyboard.press('Shift+F');
    await page.keyboard.type('gemm');
    const both = page.locator('.filter-status', {
      hasText: /^lithos: .* match · mps: .* atoms match$/,
    });
    await both.waitFor();
    await page.getByLabel(/Close the run mps/).click();
    await viewer.waitForRuns(1);
    expect((await counts())[0]).toBeGreaterThan(0);
    expect(await page.locator('.run-title strong').allTextContents()).toEqual(['lithos']);
    await viewer.run(SCENARIO);
    await viewer.waitForSummaries(2);
    await both.waitFor();
    await page.getByLabel(/Close the run lithos/).click();
    await viewer.waitForRuns(1);
    await page.getByLabel(/Close the run mps/).click();
    await viewer.waitForRuns(0);
    await page.waitForSelector('.start:not([hidden])');
  });
});
