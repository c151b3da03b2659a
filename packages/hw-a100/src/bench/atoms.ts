import {
  findPolicy,
  type HostTask,
  type KernelShape,
  type LaunchQueue,
  MS,
  type Ns,
  Scheduler,
  SECOND,
  US,
} from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { awaitStream } from '../device/hang.ts';
import { Launcher } from '../device/launcher.ts';
import { type OpenOptions, openDriver, openHardware } from '../device/open.ts';
import { Records } from '../device/records.ts';
import { ATTRIBUTE } from '../driver/cuda-prototypes.ts';
import type { KernelPlan } from '../kernels/plan.ts';
import { spinPlan } from '../kernels/spin.ts';
import { spinShape } from './shapes.ts';
import { type Latency, latencyOf, quantile } from './statistics.ts';

/** A service beside a best-effort tenant whose kernels have one length. */
export interface AtomCase {
  readonly kernel_ms: number;
  readonly atoms: boolean;
  readonly service: Latency;
  /** Best-effort kernels per second, and what that is of the time the device gives it alone. */
  readonly kernels_per_s: number;
  readonly atoms_per_kernel: number;
}

/** The output of the atom experiment. */
export interface AtomReport {
  /** The service with the device to itself. */
  readonly alone: Latency;
  readonly cases: readonly AtomCase[];
  /**
   * What one atom more costs a kernel of 10 ms that runs alone, on the device: its time in 50 atoms,
   * less its time whole, for each atom after the first.
   */
  readonly cost_per_atom_us: number;
}

/** A request: kernels of the service, one after the other, ns each. */
const SERVICE = { kernels: 10, blockNs: 20 * US, everyNs: 1.5 * MS };
const KERNEL_MS = [0.1, 1, 10, 50];
/** A block is one warp, which waits, and takes so much shared memory that two fill an SM. */
const THREADS = 32;
const SHARED_BYTES = 100 * 1024;
const PER_SM = 2;
const RUN_NS = 2 * SECOND;
const WARMUP_NS = 0.3 * SECOND;
/** A block of a best-effort kernel lasts a tenth of a quantum, or the kernel if that is shorter. */
const BLOCK_NS = 50 * US;

/** Runs a service beside kernels of 0.1 to 50 ms, cut into atoms and whole. */
export async function measureAtoms(options: OpenOptions): Promise<AtomReport> {
  const alone = await beside(options, 0, true);
  const cases: AtomCase[] = [];
  for (const kernelMs of KERNEL_MS) {
    for (const atoms of [true, false]) {
      cases.push({ kernel_ms: kernelMs, atoms, ...(await beside(options, kernelMs, atoms)) });
    }
  }
  return { alone: alone.service, cases, cost_per_atom_us: costPerAtom(options) / US };
}

const spin = (blocks: number, blockNs: Ns): KernelPlan =>
  spinPlan(blocks, THREADS, blockNs, SHARED_BYTES);
const shape = (id: number, blocks: number): KernelShape =>
  spinShape(id, blocks, THREADS, SHARED_BYTES);

/** Atoms that a kernel is cut into to see what they cost, and how often that is tried. */
const ATOMS = 50;
const ROUNDS = 9;

/** Blocks of a kernel that fills a device of so many SMs for `ns`. */
function blocksFor(sms: number, ns: Ns): number {
  return sms * PER_SM * Math.max(1, Math.round(ns / BLOCK_NS));
}

async function beside(
  options: OpenOptions,
  kernelMs: number,
  atoms: boolean,
): Promise<Omit<AtomCase, 'kernel_ms' | 'atoms'>> {
  const device = openHardware(options);
  try {
    const size = device.info.tpcs.size;
    const sms = size * device.info.smsPerTpc;
    const scheduler = new Scheduler({
      port: device,
      policy: findPolicy('lithos'),
      tenants: [
        { name: 'service', class: 'hp', quotaTpcs: size },
        { name: 'long', class: 'be', quotaTpcs: 0 },
      ],
      parameters: { atomizer: atoms ? 1 : 0 },
    });
    const small = Array.from({ length: SERVICE.kernels }, (_, i) =>
      device.prepareKernel(spin(sms, SERVICE.blockNs), shape(0, sms), i),
    );
    const latencies: number[] = [];
    const arrivals: number[] = [];
    let served = 0;
    const queue: LaunchQueue = scheduler.openStream(0, {
      synchronized: () => {
        const arrival = arrivals[served++] ?? 0;
        if (arrival >= WARMUP_NS) latencies.push(device.now() - arrival);
      },
    });
    const arrive: HostTask = {
      run: () => {
        arrivals.push(device.now());
        small.forEach((work, i) => {
          scheduler.launch(queue, work, 1, arrivals.length, i === small.length - 1 ? 1 : -1);
        });
        // Not in step with anything else: gaps from half to one and a half times the mean.
        const share = 0.5 + ((arrivals.length * 0.618_034) % 1);
        device.at(device.now() + SERVICE.everyNs * share, arrive, 0);
      },
    };
    device.at(0, arrive, 0);
    let kernels = 0;
    if (kernelMs > 0) {
      const blocks = blocksFor(sms, kernelMs * MS);
      const long = device.prepareKernel(
        spin(blocks, Math.min(BLOCK_NS, kernelMs * MS)),
        shape(1, blocks),
        0,
      );
      const loop = scheduler.openStream(1, {
        synchronized: () => {
          kernels += 1;
          scheduler.launch(loop, long, 1, kernels, 1);
        },
      });
      device.at(0, { run: () => scheduler.launch(loop, long, 1, 0, 1) }, 0);
    }
    while (!(await device.advance(RUN_NS)));
    const own = scheduler.submissions - arrivals.length * SERVICE.kernels;
    return {
      service: latencyOf(latencies),
      kernels_per_s: (kernels * SECOND) / RUN_NS,
      atoms_per_kernel: own / Math.max(1, kernels),
    };
  } finally {
    device.close();
  }
}

/** Time of a 10 ms kernel in atoms, less its time whole, per atom, ns. */
function costPerAtom(options: OpenOptions): Ns {
  return withCleanup((cleanup) => {
    const { cuda, device } = openDriver(options.ordinal ?? 0, cleanup);
    const launcher = new Launcher(cuda, cleanup);
    const records = new Records(cuda, 2, cleanup);
    const stream = cuda.createStream(0);
    cleanup.add(() => cuda.destroyStream(stream));
    const sms = cuda.attribute(device, ATTRIBUTE.smCount);
    const kernel = launcher.prepare(spin(blocksFor(sms, 10 * MS), BLOCK_NS));
    const [first, last] = [records.take(), records.take()];
    const time = (atoms: number): Ns => {
      const each = Math.ceil(kernel.blocks / atoms);
      for (let begin = 0; begin < kernel.blocks; begin += each) {
        const count = Math.min(each, kernel.blocks - begin);
        const record = begin === 0 ? first : begin + count === kernel.blocks ? last : undefined;
        const address = record === undefined ? 0n : (records.addresses[record] as bigint);
        launcher.launch(kernel, stream, begin, count, address, 0n);
      }
      awaitStream(cuda, stream, 'a kernel in atoms');
      return records.end(atoms === 1 ? first : last, 0, 0) - records.start(first, 0, 0);
    };
    const median = (atoms: number): Ns =>
      quantile(
        Array.from({ length: ROUNDS }, () => time(atoms)),
        0.5,
      );
    return (median(ATOMS) - median(1)) / (ATOMS - 1);
  });
}
