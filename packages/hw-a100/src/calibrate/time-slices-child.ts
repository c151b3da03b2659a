import { readSync } from 'node:fs';
import { type Cleanup, withCleanup } from '../device/cleanup.ts';
import { awaitStream } from '../device/hang.ts';
import { Launcher, type PreparedKernel } from '../device/launcher.ts';
import { openDriver } from '../device/open.ts';
import { median } from '../doctor/launch-costs.ts';
import { GAPS_BYTES, gapsPlan } from '../kernels/gaps.ts';
import { spinPlan } from '../kernels/spin.ts';
import { type Seen, WORK_NS } from './time-slices.ts';

/** How long short turns are taken, ns. */
const SHORT_NS = 500_000_000n;
/** When the long kernel begins, after the start, and how long it runs, ns. */
const LONG_AFTER_NS = 700_000_000n;
const LONG_NS = 300_000_000;
/** Shorter gaps may be the loop's own, ns. */
const LEAST_GAP_NS = 50_000;

/**
 * Entry of a process that has the GPU in turns with another: says `ready`, reads from its input the
 * moment to begin (ns of the monotonic clock, which is the same for all processes), and prints what it
 * saw.
 */
try {
  withCleanup(share);
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function share(cleanup: Cleanup): void {
  const { cuda } = openDriver(Number(process.argv[2] ?? 0), cleanup);
  const launcher = new Launcher(cuda, cleanup);
  const stream = cuda.createStream(0);
  cleanup.add(() => cuda.destroyStream(stream));
  const gaps = cuda.alloc(GAPS_BYTES);
  cleanup.add(() => cuda.free(gaps));
  const short = launcher.prepare(spinPlan(1, 32, WORK_NS));
  const long = launcher.prepare(gapsPlan(gaps, LONG_NS, LEAST_GAP_NS));
  const run = (kernel: PreparedKernel): void => {
    launcher.launch(kernel, stream, 0, 1, 0n, 0n);
    awaitStream(cuda, stream, 'a kernel beside another process');
  };
  run(short);
  process.stdout.write('ready\n');
  const begin = moment();
  waitUntil(begin);
  const turns: number[] = [];
  for (let from = process.hrtime.bigint(); from < begin + SHORT_NS; ) {
    run(short);
    const to = process.hrtime.bigint();
    turns.push(Number(to - from));
    from = to;
  }
  waitUntil(begin + LONG_AFTER_NS);
  run(long);
  const words = new Uint32Array(GAPS_BYTES / 4);
  cuda.download(words, gaps);
  const [count = 0] = words;
  const seen: Seen = { turnNs: median(turns), gapsNs: [...words.subarray(1, 1 + count)] };
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

/** The moment to begin; whoever gives it no longer may have gone. */
function moment(): bigint {
  const line = Buffer.alloc(64);
  const length = readSync(0, line);
  if (length === 0) throw new Error('no moment to begin was given');
  return BigInt(line.toString('latin1', 0, length).trim());
}

function waitUntil(at: bigint): void {
  while (process.hrtime.bigint() < at);
}
