import {
  Engine,
  findDevice,
  KernelInterner,
  prepareProfile,
  prepareSegments,
  type SimKernel,
  SimulatedDevice,
} from '@lithos/sim';
import type { Backend, OpenDevice } from './backend.ts';

/** Events between two looks around: some tens of ms of wall time, more where many tenants compete. */
const EVENT_BUDGET = 20_000;

/** The simulator as a backend. */
export const simBackend: Backend = { kind: 'sim', open: (id) => openSimulated(id, false) };

/** The simulator with launches in segments, as a real GPU gets them. */
export const segmentedSimBackend: Backend = { kind: 'sim', open: (id) => openSimulated(id, true) };

function openSimulated(deviceId: string, segments: boolean): OpenDevice {
  const file = findDevice(deviceId);
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
    prepare: (profile, mode) => {
      const measuredOn = findDevice(profile.measured.device);
      const kernels = prepareProfile(profile, measuredOn, file, mode, interner);
      return segments ? prepareSegments(profile, kernels, interner) : kernels;
    },
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
