import type { KernelProfile, Ns } from '@lithos/core';
import { LithosError } from '@lithos/core';
import type { Backend, OpenDevice } from '@lithos/experiments';
import {
  ClockControl,
  type ClockWatchdog,
  findCalibration,
  type Granularity,
  type HardwareDevice,
  type HwLaunchable,
  type LookAlikeCalibration,
  lookAlikePlans,
  makeCalibrations,
  openCuda,
  openHardware,
  ProfileWork,
  PtxRequests,
} from '@lithos/hw-a100';
import { findDevice } from '@lithos/sim';
import { readPtx } from '../ptx-files.ts';

/** How a GPU is used as a backend. */
export interface HwSettings {
  readonly ordinal: number;
  readonly granularity: Granularity;
  /** The driver shows this process only a part of the SMs: MPS limits are in force. */
  readonly limited?: boolean;
  /** The driver shows this process one part of the GPU, a MIG instance. */
  readonly part?: { readonly uuid: string; readonly tpcs: number };
  /** Permission to change the SM clock, by way of this. */
  readonly clocks?: ClockWatchdog;
  /** After how long without a sign the device counts as one that hangs, ns. */
  readonly hangNs?: Ns;
  /** Told of what a run does without. */
  readonly warn?: (text: string) => void;
}

/** A GPU for one run. */
interface OpenGpu extends OpenDevice {
  readonly port: HardwareDevice;
}

interface HwBackend extends Backend {
  open(deviceId: string): OpenGpu;
}

/** A real GPU as a backend: its drivers cost what they cost, so the modelled costs are nothing. */
export function hwBackend(settings: HwSettings): HwBackend {
  return { kind: 'hw', open: (id) => openGpu(id, settings) };
}

/** The name of a GPU, as calibrations are filed by. */
export function gpuName(ordinal: number): string {
  const cuda = openCuda();
  cuda.init();
  return cuda.deviceName(cuda.device(ordinal));
}

function openGpu(id: string, settings: HwSettings): OpenGpu {
  const { ordinal, granularity, limited, part, clocks, hangNs, warn } = settings;
  const file = findDevice(id);
  const tpcs = file.geometry.tpcs.value;
  if (part !== undefined) checkPart(ordinal, part.uuid);
  const device = openHardware({
    ordinal,
    granularity,
    id,
    ...(limited && { tpcs }),
    ...(hangNs !== undefined && { hangNs }),
    ...(warn && { warn }),
    ...(clocks && {
      settableSmMhz: clocks.settableSmMhz,
      clockControl: new ClockControl(clocks, clocks.settableSmMhz),
    }),
  });
  const { info } = device;
  if (part !== undefined && info.tpcs.size !== part.tpcs) {
    device.close();
    throw new LithosError(
      'E_MIG_INSTANCE',
      `the MIG instance has ${part.tpcs} TPCs by NVML, and its process sees ${info.tpcs.size}`,
      'instances may have been changed meanwhile: run the command again',
      1,
    );
  }
  if (part === undefined && info.tpcs.size !== tpcs) {
    device.close();
    throw new LithosError(
      'E_HW_DEVICE',
      `the scenario is for ${id} with ${tpcs} TPCs, and this GPU (${info.name}) has ${info.tpcs.size}`,
      'change `device` in the scenario, or use another GPU',
    );
  }
  // A part runs what the whole GPU does.
  const sms = tpcs * info.smsPerTpc;
  const name = part === undefined ? info.name : file.name;
  const work = new ProfileWork(device, (profile) =>
    lookAlikePlans(profile, calibrationOf(name, profile), info.sm, sms),
  );
  const own = new PtxRequests(device, work.ids, readPtx);
  return {
    port: device,
    host: device,
    costs: { launchNs: 0, graphLaunchNs: 0, syncNs: 0 },
    get kernels() {
      return work.ids.kernels;
    },
    profiledBytesPerNs: findDevice('h200').memory.dramBytesPerNs.value,
    prepare: (profile) => work.prepare(profile),
    preparePtx: (request, _, owner) => own.prepare(request, owner),
    soloTimes: (launches) => work.soloTimes(launches as readonly HwLaunchable[]),
    advance: (untilNs) => device.advance(untilNs),
    counters: () => ({ ...device.counters(), events: 0 }),
    close: () => device.close(),
  };
}

/** Makes sure that this process sees the MIG instance that it was given. */
function checkPart(ordinal: number, uuid: string): void {
  const cuda = openCuda();
  cuda.init();
  const seen = cuda.deviceUuid(cuda.device(ordinal));
  if (seen.replace(/^GPU-/, 'MIG-') === uuid) return;
  throw new LithosError(
    'E_MIG_INSTANCE',
    `the process was given ${uuid}, and sees ${seen}`,
    'see `nvidia-smi -L` for the instances that there are, and whether this user may use them',
    1,
  );
}

/** Refuses profiles that there are no look-alikes of: they are measured on the whole GPU. */
export function checkLookAlikes(device: string, profiles: readonly KernelProfile[]): void {
  const missing = profiles.filter((p) => findCalibration(device, p.id) === undefined);
  if (missing.length === 0) return;
  throw new LithosError(
    'E_LOOK_ALIKE',
    `there are no look-alikes of ${missing.map((p) => p.id).join(', ')} for ${device}, and a part of a GPU cannot measure them`,
    'run the scenario once under another policy with MIG off: it makes them first',
  );
}

function calibrationOf(device: string, profile: KernelProfile): LookAlikeCalibration {
  const found = findCalibration(device, profile.id);
  if (found !== undefined) return found;
  throw new LithosError(
    'E_LOOK_ALIKE',
    `there are no look-alikes of profile '${profile.id}' for ${device}`,
    'run the command again with the GPU idle: it makes them first',
    1,
  );
}

/** Makes the look-alikes that are missing, with the GPU to itself; some seconds for each profile. */
export function ensureLookAlikes(
  settings: HwSettings,
  device: string,
  profiles: readonly KernelProfile[],
  note: (text: string) => void,
): void {
  const missing = profiles.filter((p) => findCalibration(device, p.id) === undefined);
  if (missing.length === 0) return;
  note(`measuring look-alikes of ${missing.map((p) => p.id).join(', ')}: the GPU should be idle`);
  makeCalibrations(settings.ordinal, settings.granularity, missing);
}
