import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type HostTask, LithosError } from '@lithos/core';
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
    lock: async (mhz: number) => {
      notes.push(`lock ${mhz}`);
      if (mhz === 1600) throw new Error('refused');
    },
    unlock: () => notes.push('reset'),
  };

  it('takes offered clocks, rarely, the latest wish when it is time, and gives the clock back', async () => {
    const control = new ClockControl(setter, [1000, 1200, 1500, 1600]);
    const tasks: { at: number; run: () => void }[] = [];
    let now = 0;
    const host = {
      now: () => now,
      at: (at: number, task: HostTask) => void tasks.push({ at, run: () => task.run(0) }),
      clockChanged: (mhz: number) => void notes.push(`${now / 1e6} ms: ${mhz}`),
      clockFailed: (error: Error) => void notes.push(error.message),
    };
    const next = async (): Promise<void> => {
      await Promise.resolve();
      const task = tasks.shift();
      now = Math.max(now, task?.at ?? now);
      task?.run();
      await Promise.resolve();
      await Promise.resolve();
    };
    control.set(1000, host);
    expect(() => control.set(1234, host)).toThrow(LithosError);
    control.set(1500, host);
    control.set(1200, host);
    await next();
    await next();
    await next();
    control.set(1600, host);
    await next();
    await next();
    control.reset();
    control.reset();
    control.set(1500, host);
    expect(notes).toEqual([
      'lock 1000',
      '50 ms: 1000',
      'lock 1200',
      '550 ms: 1200',
      'lock 1600',
      'refused',
      'reset',
    ]);
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
    for (let i = 0; i < 1600 && !done(); i++) await new Promise((r) => setTimeout(r, 25));
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
    await watchdog.lock(1200);
    await watchdog.close();
    expect(log()).toEqual(['lock 1200', 'reset']);
  });

  it('touches nothing if it was never asked', async () => {
    await startClockWatchdog(0).close();
    expect(log()).toEqual([]);
  });

  it('says that it could not change it', async () => {
    process.env.LITHOS_STANDIN_NVML_FAULT = 'nvmlDeviceSetGpuLockedClocks:1:4';
    const watchdog = startClockWatchdog(0);
    delete process.env.LITHOS_STANDIN_NVML_FAULT;
    await expect(watchdog.lock(1200)).rejects.toMatchObject({ code: 'E_CLOCK_PERMISSION' });
    await watchdog.close();
  });

  it.each(['SIGKILL', 'SIGHUP'] as const)(
    'gives it back when its owner ends by %s',
    async (signal) => {
      const script = `
      const { startClockWatchdog } = await import('${new URL('clock-watchdog.js', DIST)}');
      startClockWatchdog(0).lock(1500);
      setInterval(() => {}, 1000);`;
      const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: 'ignore',
        detached: true,
      });
      await until(() => log().length === 1);
      // Nobody can do anything about the one, and the other reaches all processes of a terminal.
      if (signal === 'SIGKILL') owner.kill(signal);
      else process.kill(-(owner.pid ?? 0), signal);
      await until(() => log().length === 2);
      expect(log()).toEqual(['lock 1500', 'reset']);
    },
  );

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
    while (clocks.length === 0) await device.advance(device.now() + 20e6);
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
