import type { Cuda, Handle } from '../driver/cuda.ts';
import { FUNCTION_ATTRIBUTE } from '../driver/cuda-prototypes.ts';
import type { KernelPlan, PtxModule } from '../kernels/plan.ts';
import { PORT_MODULE } from '../kernels/spin.ts';
import { DeviceBuffers, type PreparedArguments, prepareArguments } from './arguments.ts';
import { type Cleanup, withCleanup } from './cleanup.ts';

/** A plan with its function loaded and its arguments laid out: ready to be launched. */
export interface PreparedKernel {
  readonly plan: KernelPlan;
  readonly fn: Handle;
  readonly arguments: PreparedArguments;
  readonly blocks: number;
}

/** Dynamic shared memory that a function may have without being asked for. */
const DEFAULT_DYNAMIC_BYTES = 48 * 1024;

/** Loads modules and launches prepared kernels; launching allocates nothing. */
export class Launcher {
  private readonly cuda: Cuda;
  private readonly modules = new Map<string, Handle>();
  private readonly dynamicBytes = new Map<Handle, number>();
  private readonly buffers: DeviceBuffers;
  private readonly stamp: PreparedKernel;

  constructor(cuda: Cuda, cleanup: Cleanup) {
    this.cuda = cuda;
    this.buffers = new DeviceBuffers(cuda);
    cleanup.add(() => this.buffers.free());
    cleanup.add(() => {
      withCleanup((all) => {
        for (const module of this.modules.values()) all.add(() => cuda.unloadModule(module));
      });
      this.modules.clear();
    });
    this.stamp = this.prepare({
      module: PORT_MODULE,
      entry: 'lithos_spin',
      grid: [1, 1, 1],
      block: [32, 1, 1],
      sharedBytes: 0,
      parameters: [{ kind: 'record' }, { kind: 'u32', value: 0 }],
      completion: 'record',
      splittable: false,
    });
  }

  /** A function of a module, which is loaded if need be. */
  functionOf(module: PtxModule, entry: string): Handle {
    let handle = this.modules.get(module.id);
    if (handle === undefined) {
      handle = this.cuda.loadModule(module.ptx);
      this.modules.set(module.id, handle);
    }
    return this.cuda.moduleFunction(handle, entry);
  }

  registersOf(module: PtxModule, entry: string): number {
    return this.cuda.functionAttribute(
      this.functionOf(module, entry),
      FUNCTION_ATTRIBUTE.registers,
    );
  }

  prepare(plan: KernelPlan): PreparedKernel {
    const fn = this.functionOf(plan.module, plan.entry);
    // It is a limit of the function, not of one launch: never lowered.
    if (plan.sharedBytes > (this.dynamicBytes.get(fn) ?? DEFAULT_DYNAMIC_BYTES)) {
      this.cuda.setFunctionAttribute(fn, FUNCTION_ATTRIBUTE.maxDynamicShared, plan.sharedBytes);
      this.dynamicBytes.set(fn, plan.sharedBytes);
    }
    const [x, y, z] = plan.grid;
    return { plan, fn, arguments: prepareArguments(plan, this.buffers), blocks: x * y * z };
  }

  /**
   * Launches blocks `begin` to `begin + count - 1` of a kernel. A kernel that keeps a record keeps
   * `first`, or `last` where there is no `first`; around one that does not, others keep both. 0: none.
   */
  launch(
    kernel: PreparedKernel,
    stream: Handle,
    begin: number,
    count: number,
    first: Handle,
    last: Handle,
  ): void {
    const { plan, fn } = kernel;
    const { view, recordAt, beginAt, countAt, table } = kernel.arguments;
    const recording = plan.completion === 'record';
    if (recordAt >= 0) view.setBigUint64(recordAt, first === 0n ? last : first, true);
    if (!recording && first !== 0n) this.launch(this.stamp, stream, 0, 1, first, 0n);
    if (beginAt >= 0) view.setUint32(beginAt, begin, true);
    if (countAt >= 0) view.setUint32(countAt, count, true);
    const [bx, by, bz] = plan.block;
    if (plan.splittable) {
      this.cuda.launchKernel(fn, count, 1, 1, bx, by, bz, plan.sharedBytes, stream, table);
    } else {
      const [gx, gy, gz] = plan.grid;
      this.cuda.launchKernel(fn, gx, gy, gz, bx, by, bz, plan.sharedBytes, stream, table);
    }
    if (!recording && last !== 0n) this.launch(this.stamp, stream, 0, 1, last, 0n);
  }
}
