import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHROMIUM, span, summaries } from './browser.ts';
import { SCENARIO, startViewer, TIMEOUT, WAIT } from './fixture.ts';

describe.skipIf(CHROMIUM === undefined)('simulation in the page', { timeout: TIMEOUT }, () => {
  const viewer = startViewer();

  /** The two runs of the page are those of the command, to the byte of their summaries. */
  const expectSameSummaries = async (): Promise<void> => {
    await viewer.waitForSummaries(2);
    for (const [policy, summary] of await summaries(viewer.page)) {
      const file = join(viewer.folder, `runs/${policy}-seed7/summary.json`);
      expect(summary).toBe(readFileSync(file, 'utf8'));
    }
  };

  it('runs a scenario, and gives the bytes of the summary that the command gives', async () => {
    const { page, server } = viewer;
    await page.goto(server.root);
    await page.getByText('Run a scenario').first().click();
    await page.fill('.run textarea', SCENARIO.replace('class: hp', 'klass: hp'));
    await page.locator('.problem strong', { hasText: "unknown key 'klass'" }).waitFor();
    expect(await page.isDisabled('.run-buttons .primary')).toBe(true);
    await page.fill('.run textarea', SCENARIO);
    await page.locator('.run-buttons .primary:enabled').click();
    await expectSameSummaries();
  });

  it('gives up a simulation, and keeps nothing of it', async () => {
    const { page, server } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    await page.getByText('Cancel').click();
    await page.waitForSelector('.start:not([hidden])');
    // Reports that were under way must not bring it back: nothing comes once its workers are gone.
    await expect.poll(() => page.workers().length, { timeout: WAIT }).toBe(0);
    expect(await summaries(page)).toEqual([]);
  });

  it('runs another scenario while one goes on, and shows all of the second', async () => {
    const { page, server } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    await viewer.run(SCENARIO);
    await expectSameSummaries();
  });

  it('keeps a run that is dropped while a simulation goes on, and closes one that goes on', async () => {
    const { page, server, waitForRuns, waitForReports } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    await viewer.dropRun('mps-seed7');
    await waitForRuns(3);
    await waitForReports(2);
    expect(await summaries(page)).toHaveLength(3);
    await page.getByLabel(/Close the run lithos/).click();
    await waitForRuns(2);
    await waitForReports(2);
    expect((await summaries(page)).map(([policy]) => policy)).toEqual(['mps', 'mps']);
    await page.getByText('Cancel').click();
    await waitForRuns(1);
  });

  it('keeps what can be pressed while reports come in: presses count, and focus stays', async () => {
    const { page, server, waitForRuns, waitForReports } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    // Its findings and figures are there while the other two go on.
    await viewer.dropRun('lithos-seed7');
    await waitForRuns(3);
    await waitForReports(1);
    const names = await page.locator('.run-title strong').allTextContents();
    expect(names).toEqual(['lithos (running)', 'mps', 'lithos (dropped files)']);
    const pressable = 'button, select, input, [tabindex], .run-title, .label, .tenant, .figures td';
    const before = await page.evaluateHandle(
      (selector) => [...document.querySelectorAll(`#app :is(${selector})`)],
      pressable,
    );
    await waitForReports(2);
    const { grabbed, lost } = await page.evaluate((elements) => {
      const gone = elements.filter((element) => !element.isConnected);
      return { grabbed: elements.length, lost: gone.map((element) => element.outerHTML) };
    }, before);
    expect(lost).toEqual([]);
    expect(grabbed).toBeGreaterThan(40);

    // A press that reports come into counts, in the header, the strip, the tabs and the tracks.
    const press = async (selector: string): Promise<void> => {
      const box = await page.locator(selector).first().boundingBox();
      if (box === null) throw new Error(`no ${selector}`);
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.mouse.down();
      await waitForReports(1);
      await page.mouse.up();
    };
    await press('.chip');
    await page.waitForSelector('.chip[aria-pressed=false]');
    await press('.segmented button:last-child');
    await page.waitForSelector('.segmented button:last-child[aria-pressed=true]');
    await press('.segmented button:first-child');
    await press('.label.gpc');
    await page.waitForSelector('.label.gpc[aria-expanded=false]');
    await press('.finding');
    await page.locator('.head h2', { hasText: 'classify' }).waitFor();
    await press('[role=tab]');
    await page.waitForSelector('[role=tab][aria-selected=true]:text-is("Compare")');

    // Whatever has the focus keeps it, so that a menu that is open stays open, too.
    for (const name of ['Export', 'Dark colours', 'Search kernels, tenants and requests']) {
      const element = page.getByLabel(name, { exact: true });
      await element.focus();
      const blurs = await element.evaluateHandle((one) => {
        const count = { blurs: 0 };
        one.addEventListener('blur', () => {
          count.blurs += 1;
        });
        return count;
      });
      await waitForReports(1);
      expect(await element.evaluate((one) => one === document.activeElement)).toBe(true);
      expect(await blurs.evaluate(({ blurs: count }) => count)).toBe(0);
    }
    await page.getByLabel(/Close the run mps/).focus();
    await waitForReports(1);
    await page.keyboard.press('Enter');
    await waitForRuns(2);
    const left = (await summaries(page)).map(([policy, summary]) => [
      policy,
      summary !== undefined,
    ]);
    expect(left).toEqual([
      ['lithos', false],
      ['lithos', true],
    ]);
  });

  it('keeps a request of a run that goes on selected while reports come in', async () => {
    const { page, server, detail, waitForReports } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    // It is found once it is done.
    const found = page.locator('.search li[role=option]', { hasText: 'classify: request 1' });
    await expect
      .poll(
        async () => {
          await page.fill('.search input', '');
          await page.fill('.search input', 'request 1');
          return found.count();
        },
        { timeout: WAIT },
      )
      .toBe(2);
    await page.press('.search input', 'Enter');
    await waitForReports(3);
    expect(await detail()).toContain('Request 1classify · lithos');
    // To zoom, and to the one other run.
    const jumps = await page.locator('.panel .jump').allTextContents();
    expect(jumps).toEqual(['Zoom to it', expect.stringMatching(/^mps: /)]);
    const place = await page.evaluate(() => {
      const selection = window.lithosViewer.state()?.selection as { readonly run: unknown };
      return window.lithosViewer.runs().findIndex(({ open }) => open === selection.run);
    });
    expect(place).toBe(0);
    await page.waitForFunction(() => /[#&]t=/.test(location.hash));
    expect(page.url()).not.toContain('sel=');
  });

  it('shows a detail that was asked for, and not over what is asked for since', async () => {
    const { page, server, detail } = viewer;
    await page.goto(server.root);
    await viewer.runLong();
    await viewer.dropRun('lithos-seed7');
    await viewer.waitForRuns(3);
    await page.keyboard.press('.');
    await page.getByText('Why here').waitFor();
    const jump = await page.waitForSelector('.panel .jump');
    await viewer.waitForReports(2);
    expect(await jump.evaluate((one) => one.isConnected)).toBe(true);
    // Both within one task: what is read of the atom comes after the tab is left.
    await page.evaluate(() => {
      document.dispatchEvent(new KeyboardEvent('keydown', { code: 'Period', key: '.' }));
      document.querySelector<HTMLElement>('[role=tab]')?.click();
    });
    await viewer.waitForReports(1);
    expect(await detail()).toContain('SLO met');
  });

  it('runs no text that is not checked yet', async () => {
    const { page, server } = viewer;
    await page.goto(server.root);
    await page.getByText('Run a scenario').first().click();
    await page.waitForSelector('.run-buttons .primary:enabled');
    // All within one task, before the check of the new text can begin.
    const state = await page.evaluate(
      (scenario) => {
        const text = document.querySelector<HTMLTextAreaElement>('.run textarea');
        const button = document.querySelector<HTMLButtonElement>('.run-buttons .primary');
        if (text === null || button === null) throw new Error('no dialog');
        text.value = scenario;
        text.dispatchEvent(new Event('input'));
        const typed = button.disabled;
        document.querySelector<HTMLElement>('.policies input[value=mps]')?.click();
        return { typed, chosen: button.disabled };
      },
      SCENARIO.replace('class: hp', 'klass: hp'),
    );
    expect(state).toEqual({ typed: true, chosen: true });
    await page.waitForSelector('.problem strong');
    expect(await page.isDisabled('.run-buttons .primary')).toBe(true);
    // Nor a parameter that its policy does not allow.
    await page.fill('.run textarea', SCENARIO);
    await page.locator('.policy summary').first().click();
    await page.getByLabel('lithos: stealing', { exact: true }).fill('7');
    await page.locator('.run-buttons .primary:enabled').click();
    await page.locator('.problem strong', { hasText: 'stealing' }).waitFor();
    expect(await page.isVisible('.run textarea')).toBe(true);
  });

  it('marks a tenant that left, and names runs of one policy apart', async () => {
    const { page, server } = viewer;
    await page.goto(server.root);
    await page.getByText('Run a scenario').first().click();
    await page.locator('.policies input[value=mps]').uncheck();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await viewer.run(SCENARIO.replace('closed: 1 }', 'closed: 1 }\n    leaves: 250ms'));
    await page.waitForSelector('.incidents');
    expect(await viewer.text('.incidents li')).toMatch(/^lithos, at 250 ms: train left with \d+ /);
    await page.locator('.incidents .jump').click();
    const { from, to } = await span(page);
    expect(from).toBeLessThan(250e6);
    expect(to).toBeGreaterThan(250e6);
    expect(to - from).toBeCloseTo(60e6, -1);
    await viewer.dropRun('lithos-seed7');
    await page
      .locator('.figures thead th', { hasText: 'lithos (dropped files)' })
      .first()
      .waitFor();
  });
});
