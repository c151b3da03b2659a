import { LithosError, type Ns, SECOND } from '@lithos/core';
import { type Cuda, openCuda } from '../driver/cuda.ts';
import { openNvml } from '../driver/nvml.ts';
import { PORT_MODULE } from '../kernels/spin.ts';
import { Cleanup, withCleanup } from './cleanup.ts';
import type { ClockControl } from './clock-control.ts';
import { ClockMap, compareClocks } from './clock-map.ts';
import { ALL_FIGURES, isMissing, missingText } from './figures.ts';
import { isHang } from './hang.ts';
import { HardwareDevice } from './hardware-device.ts';
import { readDeviceInfo, SMS_PER_TPC } from './info.ts';
import { Launcher } from './launcher.ts';
import { Places } from './places.ts';
import { PowerReader } from './power-reader.ts';
import { Records } from './records.ts';
import { TpcGroups } from './tpc-groups.ts';

/** Oldest driver whose calls have the signatures that are bound, by `cuDriverGetVersion`. */
export const OLDEST_DRIVER = 12_000;
/** Completion records: 64 for each stream, two for each graph. */
const RECORDS = 65_536;
/** Green contexts kept at most; 335 were made on an H200 without reaching a limit. */
const CONTEXTS = 256;
/** Hardware queues that streams are spread over. */
const CONNECTIONS = '32';

/** How launches may be confined: to single TPCs, to groups of a cluster's size, or not at all. */
export type Granularity = 'tpc' | 'cluster' | 'none';

export interface OpenOptions {
  /** Which GPU, by the driver's count. */
  readonly ordinal?: number;
  /** Our id of it, such as `h200`. */
  readonly id?: string;
  readonly granularity?: Granularity;
  /** TPCs of the whole GPU, where the driver shows a process only its part: under MPS limits. */
  readonly tpcs?: number;
  readonly contexts?: number;
  readonly hangNs?: Ns;
  readonly settableSmMhz?: readonly number[];
  readonly clockControl?: ClockControl;
  /** Told of what a run does without. */
  readonly warn?: (text: string) => void;
}

/** A driver that is initialised, with the device's primary context current. */
export interface OpenDriver {
  readonly cuda: Cuda;
  readonly device: number;
}

/** Opens the driver and the device's primary context; `cleanup` lets go of it. */
export function openDriver(ordinal: number, cleanup: Cleanup): OpenDriver {
  process.env.CUDA_DEVICE_MAX_CONNECTIONS ??= CONNECTIONS;
  // A function that is loaded at its first launch waits for the device, and cannot be captured.
  process.env.CUDA_MODULE_LOADING ??= 'EAGER';
  const cuda = openCuda();
  cuda.init();
  const version = cuda.driverVersion();
  if (version < OLDEST_DRIVER) {
    throw new LithosError(
      'E_CUDA_VERSION',
      `the driver supports CUDA ${versionText(version)}, and ${versionText(OLDEST_DRIVER)} is the oldest that will do`,
      'update the NVIDIA driver: 580 (CUDA 13) is known to work',
      1,
    );
  }
  const count = cuda.deviceCount();
  if (ordinal >= count) {
    throw new LithosError(
      'E_CUDA_DEVICE',
      `there is no GPU ${ordinal}: the driver shows ${count}`,
      'see `nvidia-smi -L` and CUDA_VISIBLE_DEVICES',
      1,
    );
  }
  const device = cuda.device(ordinal);
  const context = cuda.retainPrimaryContext(device);
  cleanup.add(() => cuda.releasePrimaryContext(device));
  cuda.setCurrent(context);
  return { cuda, device };
}

export const versionText = (version: number): string =>
  `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;

/** Opens a GPU for one run; whatever fails, nothing stays open. */
export function openHardware(options: OpenOptions = {}): HardwareDevice {
  const cleanup = new Cleanup();
  try {
    return open(options, cleanup);
  } catch (error) {
    cleanup.run(isHang(error));
    throw error;
  }
}

function open(options: OpenOptions, cleanup: Cleanup): HardwareDevice {
  const { cuda, device } = openDriver(options.ordinal ?? 0, cleanup);
  const groups = makeGroups(cuda, device, options.granularity ?? 'tpc');
  const info = readDeviceInfo(
    cuda,
    device,
    options.id ?? 'gpu',
    groups?.granularity,
    options.settableSmMhz ?? [],
    options.tpcs,
  );
  const launcher = new Launcher(cuda, cleanup);
  const records = new Records(cuda, RECORDS, cleanup);
  const { least } = cuda.priorityRange();
  const clock = launcher.functionOf(PORT_MODULE, 'lithos_clock');
  const clocks = withCleanup((own) => {
    const stream = cuda.createStream(0);
    own.add(() => cuda.destroyStream(stream));
    return new ClockMap(compareClocks(cuda, clock, stream));
  });
  const places = new Places({
    cuda,
    all: info.tpcs,
    groups,
    priority: (level) => least - level,
    levels: info.capabilities.priorityLevels,
    bound: options.contexts ?? CONTEXTS,
    dropGraph: ({ exec, first, last }) => {
      cuda.destroyGraph(exec);
      records.giveBack(first);
      if (last !== first) records.giveBack(last);
    },
  });
  cleanup.add(() => places.close());
  places.precreate();
  const power = openPower(cuda, device, cleanup, options.warn ?? (() => {}));
  const { clockControl } = options;
  if (clockControl !== undefined) cleanup.addHost(() => clockControl.reset());
  return new HardwareDevice({
    cuda,
    info,
    launcher,
    places,
    records,
    clocks,
    clockControl,
    power,
    cleanup,
    hangNs: options.hangNs ?? 20 * SECOND,
  });
}

/** NVML for the device; without it, its figures are absent. */
function openPower(
  cuda: Cuda,
  device: number,
  cleanup: Cleanup,
  warn: (text: string) => void,
): PowerReader | undefined {
  const uuid = cuda.deviceUuid(device);
  try {
    const nvml = openNvml(uuid);
    cleanup.addHost(() => nvml.close());
    return new PowerReader(nvml, warn);
  } catch (error) {
    if (!isMissing(error)) throw error;
    warn(missingText(ALL_FIGURES, error));
    return undefined;
  }
}

/** The groups of SMs that green contexts are made of; `undefined` where launches are not confined. */
export function makeGroups(
  cuda: Cuda,
  device: number,
  granularity: Granularity,
): TpcGroups | undefined {
  if (granularity === 'none' || !cuda.greenContexts) return undefined;
  return new TpcGroups(cuda, device, SMS_PER_TPC, granularity === 'tpc');
}
