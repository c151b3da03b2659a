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
  'int nvmlDeviceSetGpuLockedClocks(uint64_t device, uint32_t least, uint32_t most)',
  'int nvmlDeviceResetGpuLockedClocks(uint64_t device)',
];

const SUCCESS = 0;
const NOT_SUPPORTED = 3;
const NO_PERMISSION = 4;
const INSUFFICIENT_SIZE = 7;
const GPU_IS_LOST = 15;

/** `nvmlClockType_t`. */
const CLOCK = { sm: 1, memory: 2 } as const;

const FIXES: Readonly<Record<number, string>> = {
  [NOT_SUPPORTED]:
    'this GPU, or the virtual machine that has a part of it, does not tell: use the whole GPU, or do without',
  [NO_PERMISSION]: 'run as root, or ask the administrator for it',
  6: 'check CUDA_VISIBLE_DEVICES: the GPU that CUDA shows is not one that NVML shows',
  9: 'load the NVIDIA kernel driver',
  [GPU_IS_LOST]: 'the GPU has fallen off the bus: reboot',
  18: 'the library and the kernel driver differ in version: reboot',
};

/** Loads NVML and finds the device; `LITHOS_LIBNVML` names another file. */
export function openNvml(uuid: string): Nvml {
  const library = openLibrary({
    code: 'E_NVML',
    title: 'the NVIDIA management library',
    path: 'libnvidia-ml.so.1',
    variable: 'LITHOS_LIBNVML',
    prototypes: NVML_PROTOTYPES,
    fix: 'it comes with the NVIDIA driver; in a container, ask for the `utility` capability',
    outdated: 'update the NVIDIA driver: 580 is known to work',
  });
  return new Nvml(library, uuid);
}

/** One device in NVML: power, energy, clocks. */
export class Nvml {
  private readonly library: Library;
  private readonly device: bigint;
  private readonly word = new Uint32Array(1);
  private readonly long = new BigUint64Array(1);

  constructor(library: Library, uuid: string) {
    this.library = library;
    this.call('nvmlInit_v2');
    try {
      this.call('nvmlDeviceGetHandleByUUID', uuid, this.long);
    } catch (error) {
      this.call('nvmlShutdown');
      throw error;
    }
    this.device = this.long[0] as bigint;
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

  /** Holds the SM clock at `mhz` until `unlockSmClock`; outlives the process. */
  lockSmClock(mhz: number): void {
    this.call('nvmlDeviceSetGpuLockedClocks', this.device, mhz, mhz);
  }

  unlockSmClock(): void {
    this.call('nvmlDeviceResetGpuLockedClocks', this.device);
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
