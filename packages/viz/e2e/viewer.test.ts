import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, opened, span, summaries } from './browser.ts';
import { SCENARIO, startViewer, TIMEOUT } from './fixture.ts';

describe.skipIf(CHROMIUM === undefined)('the viewer in a browser', { timeout: TIMEOUT }, () => {
  const viewer = startViewer();

  it('opens a run, and zooms and moves by keys and wheel', async () => {
    const { page, one, text } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    expect(await text('.run-title')).toContain('lithos');
    const whole = await span(page);
    expect(whole).toEqual({ from: 0, to: 600e6 });
    await page.mouse.move(600, 420);
    await page.keyboard.press('w');
    const closer = await span(page);
    expect(closer.to - closer.from).toBeCloseTo(480e6, -3);
    await page.keyboard.press('d');
    expect((await span(page)).from).toBeGreaterThan(closer.from);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -200);
    await page.keyboard.up('Control');
    await page.waitForFunction((width) => {
      const { from, to } = window.lithosViewer.span();
      return to - from < width * 0.9;
    }, closer.to - closer.from);
    await page.keyboard.press('f');
    expect(await span(page)).toEqual(whole);
    await page.keyboard.press('Backspace');
    expect(await span(page)).not.toEqual(whole);
  });

  it('selects an atom and tells what it is and why it is there', async () => {
    const { page, one, detail } = viewer;
    await page.goto(`${one('lithos')}#run=runs/lithos-seed7&t=300000000,300400000`);
    await opened(page);
    await page.mouse.click(500, 450);
    await page.waitForSelector('.panel .detail');
    const shown = await detail();
    for (const part of ['kernel', 'blocks', 'predicted', 'TPC set', 'Why here', 'Related']) {
      expect(shown).toContain(part);
    }
    await page.keyboard.press('.');
    await page.waitForFunction(
      (before) => document.querySelector('.panel-body')?.textContent !== before,
      shown,
    );
  });

  it('finds a kernel and a request by search', async () => {
    const { page, one, text, detail } = viewer;
    await page.goto(one('mps'));
    await opened(page);
    await page.keyboard.press('/');
    await page.keyboard.type('request 5');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.panel .head');
    expect(await detail()).toMatch(/Request 5/i);
    await page.fill('.search input', 'gemm');
    await page.waitForSelector('.search li[role=option]');
    await page.press('.search input', 'Enter');
    await page.waitForFunction(() => document.querySelector('.panel .detail code') !== null);
    expect((await text('.panel .detail code')).toLowerCase()).toContain('gemm');
  });

  it('compares two runs, and follows a request from one to the other', async () => {
    const { page, server, detail } = viewer;
    await page.goto(server.address);
    await opened(page);
    expect(await page.locator('.run-title').count()).toBe(2);
    const figures = await detail();
    expect(figures).toContain('SLO met');
    expect(figures).toContain('Latency P99');
    expect(await page.locator('svg.chart').count()).toBeGreaterThan(2);
    expect(await page.locator('.finding').count()).toBe(2);
    await page.locator('.finding').first().click();
    await page.getByText('The same request elsewhere').waitFor();
    await page.locator('.panel .jump').last().click();
    await page.waitForFunction(() =>
      document.querySelector('.head h2')?.textContent?.includes('mps'),
    );
  });

  it('gives the figures of a span that is drawn out', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    await page.mouse.move(300, 450);
    await page.mouse.down();
    await page.mouse.move(420, 450, { steps: 4 });
    await page.mouse.up();
    await page.getByText(/Of all TPC time: busy \d+\.\d %, idle \d+\.\d %/).waitFor();
  });

  it('says what is wrong with what is dropped, and lives on', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    const drop = (name: string, bytes: readonly number[]): Promise<void> =>
      page.evaluate(
        ([file, content]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(content)], file));
          document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
        },
        [name, bytes] as const,
      );
    await drop('notes.txt', [1, 2, 3]);
    await page.getByText("'notes.txt' dropped, and no run record in it").waitFor();
    await drop('manifest.json', [123, 34, 115]);
    await page.getByText('dropped files/manifest.json: not JSON').waitFor();
    await drop('atoms.parquet', [80, 65, 82, 49, 0, 0]);
    await page.getByText('no run record here').waitFor();
    expect(await page.locator('.run-title').count()).toBe(1);
    await page.mouse.move(600, 420);
    await page.keyboard.press('w');
    const { from, to } = await span(page);
    expect(to - from).toBeLessThan(600e6);
  });

  it('opens dropped files of a run', async () => {
    const { page, server, folder, dropRun } = viewer;
    await page.goto(server.root);
    await dropRun('mps-seed7');
    await page.waitForSelector('.run-title');
    expect((await summaries(page))[0]?.[1]).toBe(
      readFileSync(join(folder, 'runs/mps-seed7/summary.json'), 'utf8'),
    );
  });

  it('shows again what a link keeps', async () => {
    const { page, server, detail } = viewer;
    await page.goto(server.address);
    await opened(page);
    await page.mouse.move(600, 420);
    for (let i = 0; i < 12; i++) await page.keyboard.press('w');
    await page.locator('.finding').last().click();
    await page.waitForFunction(() => location.hash.includes('sel=request'));
    const before = await span(page);
    const shown = await detail();
    await page.reload();
    await opened(page);
    expect(await detail()).toBe(shown);
    const after = await span(page);
    expect(Math.abs(after.from - before.from)).toBeLessThan(2);
    expect(Math.abs(after.to - before.to)).toBeLessThan(2);
  });

  it('follows a link to the same runs that is put into the address', async () => {
    const { page, one, detail } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    const go = (hash: string): Promise<void> =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash);
    await page.evaluate(() => Object.assign(window, { same: true }));
    await go('#run=runs/lithos-seed7&t=100000000,200000000&sel=request:0:3');
    await page.waitForFunction(() => document.querySelector('.panel .head') !== null);
    expect(await span(page)).toEqual({ from: 100e6, to: 200e6 });
    expect(await detail()).toContain('classify');
    await go('#run=runs/lithos-seed7');
    await page.waitForFunction(() => document.querySelector('.panel .head') === null);
    expect(await span(page)).toEqual({ from: 0, to: 600e6 });
    expect(await page.evaluate(() => 'same' in window)).toBe(true);
  });

  it('has the runs in the fragment alone: those that are closed stay so, and a simulation lives', async () => {
    const { page, server, one } = viewer;
    await page.goto(`${one('lithos')}&theme=dark#t=100000000,200000000`);
    await opened(page);
    expect(await span(page)).toEqual({ from: 100e6, to: 200e6 });
    expect(page.url()).toBe(
      `${server.root}#run=runs/lithos-seed7&t=100000000,200000000&theme=dark`,
    );
    await page.evaluate(() => Object.assign(window, { same: true }));
    const go = (hash: string): Promise<void> =>
      page.evaluate((to) => {
        location.hash = to;
      }, hash);
    await go('#t=0,50000000');
    await page.waitForFunction(() => window.lithosViewer.span().to === 50e6);
    await page.getByLabel(/Close the run/).click();
    await page.waitForFunction(() => !location.hash.includes('run='));
    await viewer.run(SCENARIO);
    await viewer.waitForSummaries(2);
    await go('#t=0,70000000');
    await page.waitForFunction(() => window.lithosViewer.span().to === 70e6);
    expect(await page.evaluate(() => 'same' in window)).toBe(true);
    await page.reload();
    await page.waitForSelector('.start:not([hidden])');
    expect(await page.evaluate(() => window.lithosViewer.runs().length)).toBe(0);
  });

  it('says what is wrong with a malformed address, and lives on', async () => {
    const { page, server } = viewer;
    await page.goto(`${server.root}?run=runs/%25zz`);
    await page.locator('.alert', { hasText: '%zz' }).waitFor();
    await page.waitForSelector('.start:not([hidden])');
  });

  it('saves what is shown as PNG, SVG and a report page', async () => {
    const { page, server } = viewer;
    await page.setViewportSize({ width: 1280, height: 480 });
    await page.goto(server.address);
    await opened(page);
    await page.mouse.move(600, 420);
    await page.keyboard.press('m');
    const saved = async (format: string): Promise<string> => {
      const waiting = page.waitForEvent('download');
      await page.selectOption('select[aria-label=Export]', format);
      return readFileSync(await (await waiting).path(), format === 'png' ? 'latin1' : 'utf8');
    };
    expect((await saved('png')).slice(0, 4)).toBe('\u0089PNG');
    const svg = await saved('svg');
    expect(svg).toMatch(/^<svg xmlns=/);
    for (const tick of ['0 ms', '100 ms', '500 ms', 'M1']) expect(svg).toContain(`>${tick}</text>`);
    const report = await saved('report');
    expect(report).toMatch(/^<!doctype html>/);
    // The last track of the last run is below what the window shows.
    const height = (drawing: string): number =>
      Number(/<svg xmlns="[^"]*" width="[^"]*" height="([\d.]+)"/.exec(drawing)?.[1]);
    const whole = await page.evaluate(
      () => document.querySelector<HTMLElement>('.spacer')?.scrollHeight ?? 0,
    );
    expect(height(report)).toBeGreaterThanOrEqual(whole);
    expect(height(svg)).toBeLessThan(height(report));
  });

  it('selects by keys alone: atoms, streams, idle stretches and a span', async () => {
    const { page, one, text, detail } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    await page.keyboard.press('.');
    await page.getByText('Why here').waitFor();
    const first = await detail();
    await page.keyboard.press(']');
    await page.waitForFunction(
      (before) =>
        document.querySelector('.panel-body .why') !== null &&
        document.querySelector('.panel-body')?.textContent !== before,
      first,
    );
    await page.keyboard.press('i');
    await page.getByText('kept for', { exact: true }).waitFor();
    expect(await text('.panel .kind')).toBe('Idle');
    await page.keyboard.press('r');
    await page.getByText('Of all TPC time: busy').waitFor();
  });

  it('names the chosen search result to readers of screens', async () => {
    const { page, one } = viewer;
    await page.goto(one('mps'));
    await opened(page);
    await page.keyboard.press('/');
    await page.keyboard.type('a');
    await page.keyboard.press('ArrowDown');
    const id = await page.getAttribute('.search input', 'aria-activedescendant');
    expect(await page.getAttribute(`#${id}`, 'aria-selected')).toBe('true');
    expect(await page.locator('.search li').nth(1).getAttribute('id')).toBe(id);
  });

  it('shows marks on the time axis', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    await page.mouse.move(600, 420);
    await page.keyboard.press('m');
    await page.locator('.axis-svg text.mark', { hasText: /^M1$/ }).waitFor();
    await page.waitForFunction(() => /[#&]m=\d+/.test(location.hash));
    await page.reload();
    await page.waitForSelector('.axis-svg text.mark');
  });

  it('zooms by two fingers, and selects nothing by them', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    const before = await span(page);
    const touch = await page.context().newCDPSession(page);
    const at = (type: 'touchStart' | 'touchMove', ...xs: readonly number[]): Promise<unknown> =>
      touch.send('Input.dispatchTouchEvent', {
        type,
        touchPoints: xs.map((x, id) => ({ x, y: 420, id })),
      });
    await at('touchStart', 500);
    await at('touchMove', 510);
    await at('touchStart', 510, 600);
    for (const by of [20, 40, 60, 80]) await at('touchMove', 510 - by, 600 + by);
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForFunction((width) => {
      const { from, to } = window.lithosViewer.span();
      return to - from < width * 0.9;
    }, before.to - before.from);
    expect(await page.evaluate(() => window.lithosViewer.state()?.selection)).toBeUndefined();
  });

  it('is reached by keyboard alone', async () => {
    const { page, one } = viewer;
    await page.goto(one('lithos'));
    await opened(page);
    await page.keyboard.press('?');
    await page.waitForSelector('dialog.help[open]');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('help');
    expect(await page.evaluate(() => document.querySelector('dialog.help')?.scrollTop)).toBe(0);
    await page.keyboard.press('Escape');
    const gpc = page.locator('.label.gpc').first();
    await gpc.focus();
    expect(await gpc.getAttribute('aria-expanded')).toBe('true');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.label.gpc[aria-expanded=false]');
    expect(await gpc.getAttribute('aria-expanded')).toBe('false');
    const focused = (): Promise<string> =>
      page.evaluate(() =>
        document.activeElement === document.body ? '' : (document.activeElement?.textContent ?? ''),
      );
    expect(await focused()).toContain('GPC 0');
    await page.getByRole('tab', { name: 'Figures' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('Selection');
    expect(await page.getByRole('tab', { name: 'Selection' }).getAttribute('aria-selected')).toBe(
      'true',
    );
    await page.keyboard.press('Home');
    expect(await focused()).toBe('Figures');
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, textarea, [role]')]
        .filter(
          (e) =>
            (e.textContent ?? '').trim() === '' &&
            !e.hasAttribute('aria-label') &&
            !(e as HTMLElement).hidden,
        )
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(
      unnamed.filter(
        (html) =>
          !html.includes('type="file"') &&
          !html.includes('checkbox') &&
          !html.includes('listbox') &&
          !html.includes('role="status"') &&
          !html.includes('scenario-problem') &&
          !html.includes('role="search"'),
      ),
    ).toEqual([]);
  });
});
