import { KernelInterner, type KernelProfile, type Launchable, type Segment } from '@lithos/core';
import {
  type DeviceFile,
  Engine,
  findDevice,
  inSegments,
  partCount,
  partOf,
  prepareProfile,
  ptxProfile,
  type SimLaunchable,
  SimulatedDevice,
  segmentsOn,
  withVisibleTpcs,
} from '@lithos/sim';
import type { Backend, DeviceOptions, OpenDevice } from './backend.ts';

/** Events between two looks around: some tens of ms of wall time, more where many tenants compete. */
const EVENT_BUDGET = 20_000;

/** A simulated device for one run. */
export interface OpenSimulator extends OpenDevice {
  /** @param cuts segments of a graph, if they are not to go by the launches' times on this device */
  prepare(
    profile: KernelProfile,
    mode: 'graph' | 'stream',
    visibleTpcs?: number,
    cuts?: readonly Segment[],
  ): readonly Launchable[];
}

/** The simulator as a backend. */
export const simBackend = { kind: 'sim', open: openSimulated } as const satisfies Backend;

function openSimulated(deviceId: string, options: DeviceOptions = {}): OpenSimulator {
  const file = withOptions(findDevice(deviceId), options);
  const engine = new Engine();
  const { segmentNs, dispatchNs } = options;
  const device = new SimulatedDevice(file, engine, dispatchNs === undefined ? {} : { dispatchNs });
  const interner = new KernelInterner();
  const { hostLaunchNs, hostGraphLaunchNs, hostSyncNs } = file.launch;
  const opened: OpenSimulator = {
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
    prepare: (profile, mode, visibleTpcs = file.geometry.tpcs.value, cuts) => {
      const measuredOn = findDevice(profile.measured.device);
      const asMeasured = prepareProfile(profile, measuredOn, file, mode, interner);
      const launches = withVisibleTpcs(asMeasured, visibleTpcs, interner);
      if (segmentNs === undefined || mode !== 'graph') return launches;
      const segments = cuts ?? segmentsOn(launches, segmentNs);
      return inSegments(profile.id, launches, segments, interner, file.launch.segmentGapNs?.value);
    },
    preparePtx: (work, mode) => opened.prepare(ptxProfile(work, file), mode),
    soloTimes: (launches) =>
      soloTimes(launches as readonly SimLaunchable[], file.geometry.tpcs.value),
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
  return opened;
}

function withOptions(file: DeviceFile, { atoms }: DeviceOptions): DeviceFile {
  if (atoms === undefined) return file;
  return { ...file, atoms: { value: atoms, source: 'the scenario' } };
}

function soloTimes(
  launches: readonly SimLaunchable[],
  tpcs: number,
): { readonly launchesNs: number; readonly gapsNs: number } {
  let launchesNs = 0;
  let gapsNs = 0;
  for (const launch of launches) {
    for (let i = 0; i < partCount(launch); i++) {
      const part = partOf(launch, i);
      launchesNs += part.durationNs[tpcs] ?? 0;
      gapsNs += part.gapNs;
    }
  }
  return { launchesNs, gapsNs };
}
