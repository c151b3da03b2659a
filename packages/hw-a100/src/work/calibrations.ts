import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KernelProfile, TpcSet } from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { readDeviceInfo } from '../device/info.ts';
import { type Granularity, makeGroups, openDriver } from '../device/open.ts';
import type { Handle } from '../driver/cuda.ts';
import {
  calibrateLookAlikes,
  type LookAlikeCalibration,
  openDeviceTimer,
  parseLookAlikeCalibration,
  printLookAlikeCalibration,
} from '../look-alike/index.ts';

/** Calibrations that ship, and those that were made here: a folder per device, a file per profile. */
const SHIPPED = fileURLToPath(new URL('../../calibration/', import.meta.url));

/** Where calibrations that are made are kept; `LITHOS_CALIBRATIONS` names another folder. */
export function calibrationFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.LITHOS_CALIBRATIONS ?? join(cache, 'lithos', 'look-alikes');
}

/** A device's name as a folder's: `nvidia-h200`. */
export const deviceFolder = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** The calibration of a profile on a device, if there is one. */
export function findCalibration(device: string, profile: string): LookAlikeCalibration | undefined {
  for (const folder of [calibrationFolder(), SHIPPED]) {
    const path = join(folder, deviceFolder(device), `${profile}.json`);
    if (existsSync(path)) return parseLookAlikeCalibration(readFileSync(path, 'utf8'), path);
  }
  return undefined;
}

/** Measures the look-alikes of profiles on a GPU that is otherwise idle, and keeps what was found. */
export function makeCalibrations(
  ordinal: number,
  granularity: Granularity,
  profiles: readonly KernelProfile[],
  onProgress: (done: number, profile: string) => void = () => {},
): readonly LookAlikeCalibration[] {
  return withCleanup((cleanup) => {
    const { cuda, device } = openDriver(ordinal, cleanup);
    const groups = makeGroups(cuda, device, granularity);
    const info = readDeviceInfo(cuda, device, 'gpu', groups?.granularity, []);
    const streams = new Map<number, Handle>();
    const streamOn = (tpcs: number): Handle => {
      const known = streams.get(tpcs);
      if (known !== undefined) return known;
      let stream: Handle;
      if (groups === undefined || tpcs >= info.tpcs.size) stream = cuda.createStream(0);
      else {
        const context = groups.createContext(TpcSet.range(0, tpcs));
        cleanup.add(() => cuda.destroyGreenContext(context));
        stream = cuda.createGreenStream(context, 0);
      }
      cleanup.add(() => cuda.destroyStream(stream));
      streams.set(tpcs, stream);
      return stream;
    };
    const timer = openDeviceTimer({
      cuda,
      name: info.name,
      sm: info.sm,
      sms: info.tpcs.size * info.smsPerTpc,
      tpcs: info.tpcs.size,
      streamOn,
    });
    cleanup.add(() => timer.close());
    return profiles.map((profile, i) => {
      onProgress(i, profile.id);
      const calibration = calibrateLookAlikes(timer, profile);
      keep(info.name, calibration);
      return calibration;
    });
  });
}

function keep(device: string, calibration: LookAlikeCalibration): void {
  const folder = join(calibrationFolder(), deviceFolder(device));
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${calibration.profile}.json`);
  writeFileSync(`${path}.new`, printLookAlikeCalibration(calibration));
  renameSync(`${path}.new`, path);
}
