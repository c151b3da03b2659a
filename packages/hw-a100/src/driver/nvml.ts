import { LithosError } from '@lithos/core';
import { type Library, type NativeArgument, openLibrary } from './library.ts';

/** Every NVML call that is used (nvml.h of CUDA 13.0). */
const NVML_PROTOTYPES: readonly string[] = [
  'int nvmlInit_v2()',
  'int nvmlShutdown()',
  'const char *nvmlErrorString(int result)',
  'int nvmlSystemGetDriverVersion(void *version, uint32_t length)',
  'int nvmlDeviceGetHandleByUUID(const char *uuid, void *device)',
  'int nvmlDeviceGetPowerUsage(uint64_t device, void *milliwatts)',
  'int nvmlDeviceGetTotalEnergyConsumption(uint64_t device, void *millijoules)',
  'int nvmlDeviceGetClockInfo(uint64_t device, int type, void *mhz)',
  'int nvmlDeviceGetSupportedGraphicsClocks(uint64_t device, uint32_t memoryMhz, void *count, void *mhz)',
  'int nvmlDeviceGetMigMode(uint64_t device, void *current, void *pending)',
  'int nvmlDeviceGetHandleByIndex_v2(uint32_t index, void *device)',
  'int nvmlDeviceGetName(uint64_t device, void *name, uint32_t length)',
  'int nvmlDeviceGetUUID(uint64_t device, void *uuid, uint32_t length)',
  'int nvmlDeviceGetMaxMigDeviceCount(uint64_t device, void *count)',
  'int nvmlDeviceGetMigDeviceHandleByIndex(uint64_t device, uint32_t index, void *instance)',
  'int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(uint64_t instance, void *device)',
  'int nvmlDeviceGetAttributes_v2(uint64_t device, void *attributes)',
  'int nvmlDeviceSetGpuLockedClocks(uint64_t device, uint32_t least, uint32_t most)',
  'int nvmlDeviceResetGpuLockedClocks(uint64_t device)',
];

const SUCCESS = 0;
const INVALID_ARGUMENT = 2;
const NOT_SUPPORTED = 3;
const NO_PERMISSION = 4;
const NOT_FOUND = 6;
const INSUFFICIENT_SIZE = 7;
const GPU_IS_LOST = 15;

/** `nvmlClockType_t`. */
const CLOCK = { sm: 1, memory: 2 } as const;

const FIXES: Readonly<Record<number, string>> = {
  [NOT_SUPPORTED]:
    'this GPU, or the virtual machine that has a part of it, does not tell: use the whole GPU, or do without',
  [NO_PERMISSION]: 'run as root, or ask the administrator for it',
  [NOT_FOUND]: 'check CUDA_VISIBLE_DEVICES: the GPU that CUDA shows is not one that NVML shows',
  9: 'load the NVIDIA kernel driver',
  [GPU_IS_LOST]: 'the GPU has fallen off the bus: reboot',
  18: 'the library and the kernel driver differ in version: reboot',
};

/** `nvmlDeviceAttributes_t`: its size, and where the members are that are read. */
const ATTRIBUTES = { bytes: 40, sms: 0, gpuSlices: 24, computeSlices: 28, memoryMiB: 32 } as const;

/** A MIG device: a compute instance, which a process uses by its UUID. */
export interface MigInstance {
  /** What `CUDA_VISIBLE_DEVICES` takes: `MIG-…`. */
  readonly uuid: string;
  readonly sms: number;
  /** Compute slices of the GPU instance that it is in, and its own of those. */
  readonly gpuSlices: number;
  readonly computeSlices: number;
  readonly memoryBytes: number;
}

/**
 * Loads NVML and finds the device; `LITHOS_LIBNVML` names another file.
 * @param which a UUID as CUDA tells it, also that of a MIG device, which stands for its GPU; or an index as
 * `nvidia-smi` counts
 */
export function openNvml(which: string | number): Nvml {
  const library = openLibrary({
    code: 'E_NVML',
    title: 'the NVIDIA management library',
    path: 'libnvidia-ml.so.1',
    variable: 'LITHOS_LIBNVML',
    prototypes: NVML_PROTOTYPES,
    fix: 'it comes with the NVIDIA driver; in a container, ask for the `utility` capability',
    outdated: 'update the NVIDIA driver: 580 is known to work',
  });
  return new Nvml(library, which);
}

/** One device in NVML: power, energy, clocks. */
export class Nvml {
  private readonly library: Library;
  private readonly device: bigint;
  private readonly word = new Uint32Array(1);
  private readonly long = new BigUint64Array(1);

  constructor(library: Library, which: string | number) {
    this.library = library;
    this.call('nvmlInit_v2');
    try {
      this.device = typeof which === 'number' ? this.byIndex(which) : this.byUuid(which);
    } catch (error) {
      this.call('nvmlShutdown');
      throw error;
    }
  }

  close(): void {
    this.call('nvmlShutdown');
  }

  driverVersion(): string {
    const text = Buffer.alloc(80);
    this.call('nvmlSystemGetDriverVersion', text, text.length);
    return text.toString('latin1', 0, text.indexOf(0));
  }

  /** Board power, W: averaged over a second on Hopper, instantaneous on an A100. */
  powerW(): number {
    this.call('nvmlDeviceGetPowerUsage', this.device, this.word);
    return (this.word[0] as number) / 1000;
  }

  /** Energy since the driver was loaded, J. */
  energyJ(): number {
    this.call('nvmlDeviceGetTotalEnergyConsumption', this.device, this.long);
    return Number(this.long[0]) / 1000;
  }

  smMhz(): number {
    this.call('nvmlDeviceGetClockInfo', this.device, CLOCK.sm, this.word);
    return this.word[0] as number;
  }

  memoryMhz(): number {
    this.call('nvmlDeviceGetClockInfo', this.device, CLOCK.memory, this.word);
    return this.word[0] as number;
  }

  /** SM clocks that the driver offers at the present memory clock, ascending. */
  supportedSmMhz(): readonly number[] {
    const memory = this.memoryMhz();
    const count = new Uint32Array([1024]);
    const clocks = new Uint32Array(1024);
    const name = 'nvmlDeviceGetSupportedGraphicsClocks';
    this.call(name, this.device, memory, count, clocks);
    return [...clocks.subarray(0, count[0])].sort((a, b) => a - b);
  }

  /** MIG is on. */
  migEnabled(): boolean {
    const pending = new Uint32Array(1);
    const result = this.library.function('nvmlDeviceGetMigMode')(this.device, this.word, pending);
    if (result === NOT_SUPPORTED) return false;
    this.check('nvmlDeviceGetMigMode', result);
    return this.word[0] === 1;
  }

  /** The product: `NVIDIA H200`. */
  name(): string {
    return this.text('nvmlDeviceGetName', this.device);
  }

  /** The MIG devices that there are, in the driver's order. */
  migInstances(): readonly MigInstance[] {
    this.call('nvmlDeviceGetMaxMigDeviceCount', this.device, this.word);
    const most = this.word[0] as number;
    const find = this.library.function('nvmlDeviceGetMigDeviceHandleByIndex');
    const instances: MigInstance[] = [];
    for (let index = 0; index < most; index++) {
      const result = find(this.device, index, this.long);
      // An instance that was destroyed leaves its number free.
      if (result === NOT_FOUND) continue;
      this.check('nvmlDeviceGetMigDeviceHandleByIndex', result);
      instances.push(this.instance(this.long[0] as bigint));
    }
    return instances;
  }

  /** Holds the SM clock at `mhz` until `unlockSmClock`; outlives the process. */
  lockSmClock(mhz: number): void {
    this.call('nvmlDeviceSetGpuLockedClocks', this.device, mhz, mhz);
  }

  unlockSmClock(): void {
    this.call('nvmlDeviceResetGpuLockedClocks', this.device);
  }

  private byIndex(index: number): bigint {
    const name = 'nvmlDeviceGetHandleByIndex_v2';
    const result = this.library.function(name)(index, this.long);
    if (result === INVALID_ARGUMENT) {
      throw new LithosError('E_NVML_DEVICE', `there is no GPU ${index}`, 'see `nvidia-smi -L`', 1);
    }
    this.check(name, result);
    return this.long[0] as bigint;
  }

  private byUuid(uuid: string): bigint {
    const name = 'nvmlDeviceGetHandleByUUID';
    const find = this.library.function(name);
    const result = find(uuid, this.long);
    // CUDA gives the UUID of a MIG device without saying that it is one.
    if (result === NOT_FOUND && find(uuid.replace(/^GPU-/, 'MIG-'), this.long) === SUCCESS) {
      const instance = this.long[0] as bigint;
      this.call('nvmlDeviceGetDeviceHandleFromMigDeviceHandle', instance, this.long);
    } else this.check(name, result);
    return this.long[0] as bigint;
  }

  private instance(handle: bigint): MigInstance {
    const view = new DataView(new ArrayBuffer(ATTRIBUTES.bytes));
    this.call('nvmlDeviceGetAttributes_v2', handle, new Uint8Array(view.buffer));
    return {
      uuid: this.text('nvmlDeviceGetUUID', handle),
      sms: view.getUint32(ATTRIBUTES.sms, true),
      gpuSlices: view.getUint32(ATTRIBUTES.gpuSlices, true),
      computeSlices: view.getUint32(ATTRIBUTES.computeSlices, true),
      memoryBytes: Number(view.getBigUint64(ATTRIBUTES.memoryMiB, true)) * 2 ** 20,
    };
  }

  private text(name: string, device: bigint): string {
    const text = Buffer.alloc(96);
    this.call(name, device, text, text.length);
    return text.toString('latin1', 0, text.indexOf(0));
  }

  private call(name: string, ...args: NativeArgument[]): void {
    this.check(name, this.library.function(name)(...args));
  }

  private check(name: string, result: number): void {
    if (result === SUCCESS) return;
    const code =
      result === NO_PERMISSION
        ? 'E_NVML_PERMISSION'
        : result === GPU_IS_LOST
          ? 'E_NVML_LOST'
          : result === NOT_SUPPORTED || result === INSUFFICIENT_SIZE
            ? 'E_NVML_SUPPORT'
            : 'E_NVML_CALL';
    const text = this.library.text('nvmlErrorString')(result) ?? 'NVML gives no text';
    throw new LithosError(
      code,
      `${name} failed (${result}): ${text}`,
      FIXES[result] ?? 'see `lithos hw doctor`, and the NVML documentation of this result',
      1,
    );
  }
}
