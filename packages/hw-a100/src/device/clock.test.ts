import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LithosError } from '@lithos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildStandIn } from '../testing/stand-in.ts';
import { ClockControl } from './clock-control.ts';
import { startClockWatchdog } from './clock-watchdog.ts';
import { openHardware } from './open.ts';

const standIn = buildStandIn();
const DIST = new URL('../../dist/device/', pathToFileURL(import.meta.filename));

describe('clock control', () => {
  const notes: string[] = [];
  const setter = {
    lock: (mhz: number) => notes.push(`lock ${mhz}`),
    unlock: () => notes.push('reset'),
  };

  it('takes offered clocks, rarely, and gives the clock back once', () => {
    const control = new ClockControl(setter, [1000, 1500]);
    expect(control.set(1000, 0)).toBeGreaterThan(0);
    expect(() => control.set(1500, 1e6)).toThrow(expect.objectContaining({ code: 'E_CLOCK_RATE' }));
    expect(() => control.set(1234, 1e9)).toThrow(LithosError);
    control.set(1500, 1e9);
    control.reset();
    control.reset();
    expect(notes).toEqual(['lock 1000', 'lock 1500', 'reset']);
  });
});

describe.skipIf(standIn === undefined)('the process that holds the clock', () => {
  let folder = '';
  const log = (): string[] => {
    try {
      return readFileSync(join(folder, 'clock'), 'utf8').trim().split('\n');
    } catch {
      return [];
    }
  };
  const until = async (done: () => boolean): Promise<void> => {
    for (let i = 0; i < 200 && !done(); i++) await new Promise((r) => setTimeout(r, 25));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lithos-clock-'));
    process.env.LITHOS_LIBCUDA = standIn?.cuda;
    process.env.LITHOS_LIBNVML = standIn?.nvml;
    process.env.LITHOS_STANDIN_CLOCK_LOG = join(folder, 'clock');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    delete process.env.LITHOS_STANDIN_CLOCK_LOG;
  });

  it('changes it, and gives it back at the end', async () => {
    const watchdog = startClockWatchdog(0);
    expect(watchdog.settableSmMhz).toContain(1980);
    watchdog.lock(1200);
    await until(() => log().length === 1);
    await watchdog.close();
    expect(log()).toEqual(['lock 1200', 'reset']);
  });

  it('touches nothing if it was never asked', async () => {
    await startClockWatchdog(0).close();
    expect(log()).toEqual([]);
  });

  it('gives it back when the process that started it is killed', async () => {
    const script = `
      const { startClockWatchdog } = await import('${new URL('clock-watchdog.js', DIST)}');
      startClockWatchdog(0).lock(1500);
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: 'ignore',
    });
    await until(() => log().length === 1);
    owner.kill('SIGKILL');
    await until(() => log().length === 2);
    expect(log()).toEqual(['lock 1500', 'reset']);
  });

  it('is what a device changes its clock through, if that is permitted', async () => {
    const watchdog = startClockWatchdog(0);
    const { settableSmMhz } = watchdog;
    const clockControl = new ClockControl(watchdog, settableSmMhz);
    const device = openHardware({ settableSmMhz, clockControl });
    const clocks: number[] = [];
    device.attach({
      submissionCompleted: () => {},
      timerFired: () => {},
      clockChanged: (mhz) => clocks.push(mhz),
      fault: (error) => {
        throw error;
      },
    });
    device.setSmClock(1500);
    while (clocks.length === 0) await device.advance(device.now() + 1e6);
    await until(() => log().length === 1);
    device.close();
    await watchdog.close();
    expect(clocks).toEqual([1500]);
    expect(log()).toEqual(['lock 1500', 'reset']);
  });

  it('is not there unless it is permitted', () => {
    const device = openHardware();
    expect(() => device.setSmClock(1500)).toThrow(
      expect.objectContaining({ code: 'E_CLOCK_PERMISSION' }),
    );
    device.close();
  });
});
