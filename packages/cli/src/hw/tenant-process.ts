import { LithosError, MS, type Ns } from '@lithos/core';
import { Simulation } from '@lithos/experiments';
import { loadInputs } from '@lithos/experiments/node';
import type { HardwareDevice } from '@lithos/hw-a100';
import { hwBackend } from './backend.ts';
import type { FromTenant, TenantOrder, ToTenant } from './messages.ts';
import { Observer } from './observer.ts';

/**
 * Entry of a process that plays one tenant on the GPU, beside others that do the same: how MPS and time
 * slicing are measured. It launches everything at once, and ends in good order whatever happens to the
 * process that started it.
 */
const REPORT_NS = 200_000_000;
/** How long it may go on when nobody listens any more, ms. */
const ALONE_MS = 15_000;
/** How often it tells what it has seen. */
const TELL_NS: Ns = 50 * MS;
/** The time that a completion may take to be seen: a few us, and this much more costs nothing. */
const UNSEEN_NS: Ns = 10 * MS;
/** Messages on their way: with more, whoever writes the record is waited for. */
const MAX_PENDING = 32;
/** Readings of the two clocks; the quickest counts. */
const READINGS = 32;
let stopped = false;
let go: ((at: bigint) => void) | undefined;
const told = new Promise<bigint>((resolve) => {
  go = resolve;
});

const say = (message: FromTenant): Promise<void> =>
  new Promise((resolve) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
    else resolve();
  });

function alone(): void {
  stopped = true;
  go?.(0n);
  setTimeout(() => process.exit(1), ALONE_MS).unref();
}

process.on('disconnect', alone);
// The other one may have been gone before this one had come up.
if (!process.connected) alone();
// Ctrl-C reaches all processes of a terminal: the one that started this one says when to stop.
process.on('SIGINT', () => {});
process.on('SIGHUP', () => {});
process.on('message', (message: ToTenant) => {
  switch (message.kind) {
    case 'order':
      play(message).catch(failed);
      break;
    case 'go':
      go?.(message.at);
      break;
    case 'stop':
      stopped = true;
      break;
  }
});

async function failed(error: unknown): Promise<void> {
  const known = error instanceof LithosError ? error : undefined;
  await say({
    kind: 'failed',
    code: known?.code ?? 'E_TENANT_PROCESS',
    message: error instanceof Error ? error.message : String(error),
    fix: known?.fix,
  });
  process.exitCode = 1;
  // A device that hangs may keep the process for ever.
  if (known?.code === 'E_DEVICE_FAULT' || known?.code === 'E_DEVICE_HANG') process.exit();
  if (process.connected) process.disconnect();
}

async function play(order: TenantOrder): Promise<void> {
  const { scenario, seed, solo, lenient, settings } = order;
  const inputs = await loadInputs(scenario, lenient);
  const device = hwBackend(settings).open(scenario.device);
  try {
    const { port } = device;
    const observer = new Observer(order.record);
    port.busy.onChange = (busy, now) => observer.busyChanged(busy, now);
    const simulation = new Simulation({
      scenario,
      policy: 'streams',
      seed,
      device,
      inputs,
      solo: [solo],
      sink: observer,
    });
    await say({ kind: 'ready' });
    const at = await told;
    while (process.hrtime.bigint() < at);
    let begun = false;
    let reported = 0;
    let untilNs = 0;
    let toldNs = 0;
    let pending = 0;
    const tell = (): Promise<void> => {
      pending += 1;
      return say({ kind: 'seen', seen: observer.take(untilNs) }).finally(() => {
        pending -= 1;
      });
    };
    while (!stopped) {
      // All that ends before this is looked for after it.
      const seenNs = port.now() - UNSEEN_NS;
      const over = await simulation.advance(scenario.durationNs);
      if (!begun) {
        begun = true;
        void say({ kind: 'began', ...startOf(port) });
      }
      untilNs = Math.max(untilNs, seenNs);
      if (over) break;
      const now = port.now();
      if (now - toldNs >= TELL_NS) {
        toldNs = now;
        const sent = tell();
        if (pending > MAX_PENDING) await sent;
      }
      if (now - reported < REPORT_NS) continue;
      reported = now;
      void say({ kind: 'progress', share: now / scenario.durationNs });
    }
    const outcome = simulation.outcome();
    port.busy.onChange = undefined;
    observer.ended(port.now());
    await tell();
    await say({ kind: 'outcome', outcome, interrupted: stopped });
  } finally {
    device.close();
  }
  if (process.connected) process.disconnect();
}

/** When the device's time was 0 by the clock that all processes share. */
function startOf(port: HardwareDevice): { zero: bigint; clockErrorNs: Ns } {
  let zero = 0n;
  let errorNs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < READINGS; i++) {
    const before = process.hrtime.bigint();
    const now = port.now();
    const after = process.hrtime.bigint();
    const half = Number(after - before) / 2;
    if (half >= errorNs) continue;
    errorNs = half;
    zero = (before + after) / 2n - BigInt(now);
  }
  return { zero, clockErrorNs: Math.round(port.clockErrorNs + errorNs) };
}
