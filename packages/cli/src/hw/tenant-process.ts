import { LithosError } from '@lithos/core';
import { Simulation } from '@lithos/experiments';
import { loadInputs } from '@lithos/experiments/node';
import { hwBackend } from './backend.ts';
import type { FromTenant, TenantOrder, ToTenant } from './messages.ts';

/**
 * Entry of a process that plays one tenant on the GPU, beside others that do the same: how MPS and time
 * slicing are measured. It launches everything at once, and ends in good order whatever happens to the
 * process that started it.
 */
const REPORT_NS = 200_000_000;
/** How long it may go on when nobody listens any more, ms. */
const ALONE_MS = 15_000;
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

async function play({ scenario, seed, solo, lenient, settings }: TenantOrder): Promise<void> {
  const inputs = await loadInputs(scenario, lenient);
  const device = hwBackend(settings).open(scenario.device);
  try {
    const simulation = new Simulation({
      scenario,
      policy: 'streams',
      seed,
      device,
      inputs,
      solo: [solo],
    });
    await say({ kind: 'ready' });
    const at = await told;
    while (process.hrtime.bigint() < at);
    let reported = 0;
    while (!stopped && !(await simulation.advance(scenario.durationNs))) {
      const now = device.port.now();
      if (now - reported < REPORT_NS) continue;
      reported = now;
      void say({ kind: 'progress', share: now / scenario.durationNs });
    }
    const outcome = simulation.outcome();
    await say({ kind: 'outcome', outcome, interrupted: stopped });
  } finally {
    device.close();
  }
  if (process.connected) process.disconnect();
}
