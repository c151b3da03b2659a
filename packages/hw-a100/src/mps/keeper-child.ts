import { existsSync } from 'node:fs';
import { endMps } from './control.ts';

/**
 * Entry of the process that outlives the one that started an MPS daemon, to end the daemon where that one
 * could not: it was killed, or ended at once, or the daemon did not obey. The tenants' processes end by
 * themselves then, and get some time for it.
 */
const FORCE_AFTER_S = 30;
const folder = process.argv[2] ?? '';

function end(): void {
  if (existsSync(folder)) endMps(folder, FORCE_AFTER_S);
  process.exit(0);
}

// It has a process group of its own, but whoever signals it means the other one.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(name, () => {});
process.on('disconnect', end);
// The other one may have been gone before this one had come up.
if (!process.connected) end();
