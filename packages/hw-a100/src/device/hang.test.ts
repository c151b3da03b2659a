import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { buildStandIn } from '../testing/stand-in.ts';

const standIn = buildStandIn();
const DIST = new URL('../../dist/', pathToFileURL(import.meta.filename));

/** Runs a script against a stand-in whose Nth kernel hangs, in a process with a limit. */
function play(kernel: number, script: string): { code: number | null; stdout: string } {
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 40_000,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      LITHOS_LIBCUDA: standIn?.cuda ?? '',
      LITHOS_LIBNVML: standIn?.nvml ?? '',
      LITHOS_STANDIN_FAULT: `hang:${kernel}:0`,
    },
  });
  return { code: child.status, stdout: `${child.stdout}${child.stderr}` };
}

/** Five launches, the first of which hangs: the clocks' comparison is the first kernel of all. */
const launches = (then: string): string => `
  const { openHardware, contractRig } = await import('${new URL('index.js', DIST)}');
  const { Submission } = await import('${import.meta.resolve('@lithos/core')}');
  const device = openHardware({ hangNs: 4e9 });
  device.attach({ submissionCompleted() {}, timerFired() {}, clockChanged() {}, fault(e) { throw e; } });
  device.openTenant(0, { kind: 'shared' });
  device.openStream(0, 0);
  const work = contractRig(device).launchable(8, 5000);
  for (let i = 0; i < 5; i++) {
    device.submit(Object.assign(new Submission(), { work, blockEnd: 8, tpcs: device.info.tpcs }));
  }
  ${then}`;

describe.skipIf(standIn === undefined)('a device that hangs', () => {
  it('is noticed, and closed without waiting for it', () => {
    const script = launches(`
      try { for (;;) await device.advance(10e9); } catch (e) { console.log(e.code); }
      device.close();
      console.log('closed');
      process.exit(1);`);
    expect(play(2, script)).toEqual({ code: 1, stdout: 'E_DEVICE_HANG\nclosed\n' });
  }, 60_000);

  it('is noticed when closing waits for it', () => {
    const script = launches(`
      try { device.close(); } catch (e) { console.log(e.code); }
      process.exit(1);`);
    expect(play(2, script)).toEqual({ code: 1, stdout: 'E_DEVICE_HANG\n' });
  }, 60_000);

  it('is noticed by its first kernel of all', () => {
    const script = launches('').replace(
      /const device = .*/s,
      'try { openHardware(); } catch (e) { console.log(e.code); } process.exit(1);',
    );
    expect(play(1, script)).toEqual({ code: 1, stdout: 'E_DEVICE_HANG\n' });
  }, 60_000);

  it('ends what measures launches', () => {
    const script = `
      const { measureLaunchCosts } = await import('${new URL('doctor/launch-costs.js', DIST)}');
      try { measureLaunchCosts(0); } catch (e) { console.log(e.code); }
      process.exit(1);`;
    expect(play(100, script)).toEqual({ code: 1, stdout: 'E_DEVICE_HANG\n' });
  }, 60_000);
});
