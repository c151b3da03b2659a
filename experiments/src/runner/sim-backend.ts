import {
  type DeviceFile,
  Engine,
  findDevice,
  KernelInterner,
  prepareProfile,
  type SimKernel,
  SimulatedDevice,
} from '@lithos/sim';
import type { Backend, DeviceOptions, OpenDevice } from './backend.ts';

/** Events between two looks around: some tens of ms of wall time, more where many tenants compete. */
const EVENT_BUDGET = 20_000;

/** The simulator as a backend. */
export const simBackend: Backend = { kind: 'sim', open: openSimulated };

function openSimulated(deviceId: string, options: DeviceOptions = {}): OpenDevice {
  const file = withOptions(findDevice(deviceId), options);
  const engine = new Engine();
  const device = new SimulatedDevice(file, engine);
  const interner = new KernelInterner();
  const { hostLaunchNs, hostGraphLaunchNs, hostSyncNs } = file.launch;
  return {
    port: device,
    host: engine,
    costs: {
      launchNs: hostLaunchNs.value,
      graphLaunchNs: hostGraphLaunchNs.value,
      syncNs: hostSyncNs.value,
    },
    get kernels() {
      return interner.kernels;
    },
    profiledBytesPerNs: findDevice('h200').memory.dramBytesPerNs.value,
    prepare: (profile, mode) =>
      prepareProfile(profile, findDevice(profile.measured.device), file, mode, interner),
    soloTimes: (launches) => soloTimes(launches as readonly SimKernel[], file.geometry.tpcs.value),
    advance: (untilNs) => engine.run(untilNs, EVENT_BUDGET),
    counters: () => {
      device.account();
      return {
        energyJ: device.energyJ,
        powerW: device.powerW(),
        smMhz: device.smMhz,
        busyTpcs: device.busyTpcs(),
        busyTpcNs: device.busyTpcNs,
        clockMhzNs: device.clockMhzNs,
        events: engine.events,
      };
    },
    close: () => {},
  };
}

function withOptions(file: DeviceFile, { atoms }: DeviceOptions): DeviceFile {
  if (atoms === undefined) return file;
  return { ...file, atoms: { value: atoms, source: 'the scenario' } };
}

function soloTimes(
  launches: readonly SimKernel[],
  tpcs: number,
): { readonly launchesNs: number; readonly gapsNs: number } {
  let launchesNs = 0;
  let gapsNs = 0;
  for (const launch of launches) {
    launchesNs += launch.durationNs[tpcs] ?? 0;
    gapsNs += launch.gapNs;
  }
  return { launchesNs, gapsNs };
}
