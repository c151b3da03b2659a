import {
  type DeviceListener,
  type DevicePort,
  type Host,
  type KernelProfile,
  type Ns,
  SEGMENT_NS,
  type Submission,
  segmentsOf,
} from '@lithos/core';
import { type Backend, type OpenDevice, type OpenSimulator, simBackend } from '@lithos/experiments';
import { findCalibration, lookAlikeProfile } from '@lithos/hw-a100';
import { deviceInfo, findDevice } from '@lithos/sim';

/**
 * What handing a segment to the GPU costs the scheduler's thread, ns: launching a graph (1,958, `hw
 * doctor`) and what port and core add (806, `hw bench`).
 */
const DISPATCH_NS: Ns = 2764;
/**
 * From the end of a kernel to the scheduler's learning of it, and on its way there, ns: 8.86 us for an
 * empty kernel there and back, less the call (4.10) and the kernel (0.77), of `hw doctor` and `hw calibrate`.
 */
const NOTICE_NS: Ns = 3983;

/**
 * The simulator playing what `--backend hw` plays: look-alikes in the profiles' place, in segments under
 * every policy, launched and noticed by a thread like the one that drives the GPU.
 * @param without told the id of each profile that has no look-alikes on the device; it is played itself
 */
export function twinBackend(without: (profile: string) => void): Backend {
  return {
    kind: 'sim',
    open: (id, options = {}) => {
      const { segmentNs = SEGMENT_NS, dispatchNs = DISPATCH_NS } = options;
      const device = simBackend.open(id, { ...options, segmentNs, dispatchNs });
      const known = new Map<string, KernelProfile>();
      const playedFor = (profile: KernelProfile): KernelProfile => {
        const played = known.get(profile.id) ?? lookAlikesOf(profile, id, without);
        known.set(profile.id, played);
        return played;
      };
      return asOnHardware(device, playedFor, segmentNs);
    },
  };
}

function asOnHardware(
  device: OpenSimulator,
  playedFor: (profile: KernelProfile) => KernelProfile,
  segmentNs: Ns,
): OpenDevice {
  return {
    port: lateNotice(device.port, device.host),
    host: device.host,
    // The scheduler's thread is the application's, too.
    costs: { launchNs: 0, graphLaunchNs: 0, syncNs: 0 },
    get kernels() {
      return device.kernels;
    },
    profiledBytesPerNs: device.profiledBytesPerNs,
    // The hardware backend launches graphs, whatever the scenario says, and cuts by the profile's times.
    prepare: (profile) =>
      device.prepare(playedFor(profile), 'graph', undefined, segmentsOf(profile, segmentNs)),
    preparePtx: (work, _, owner) => device.preparePtx(work, 'graph', owner),
    soloTimes: (launches) => device.soloTimes(launches),
    advance: (untilNs) => device.advance(untilNs),
    counters: () => device.counters(),
    close: () => device.close(),
  };
}

function lookAlikesOf(
  profile: KernelProfile,
  id: string,
  without: (profile: string) => void,
): KernelProfile {
  const file = findDevice(id);
  const calibration = findCalibration(file.name, profile.id);
  if (calibration === undefined) {
    without(profile.id);
    return profile;
  }
  const { sm, tpcs, smsPerTpc } = deviceInfo(file);
  return lookAlikeProfile(profile, calibration, id, sm, tpcs.size * smsPerTpc);
}

/** A port whose listener learns of completions some time after they happen. */
function lateNotice(port: DevicePort, host: Host): DevicePort {
  const done: Submission[] = [];
  let listener: DeviceListener | undefined;
  const noticed = {
    run: () => listener?.submissionCompleted(done.shift() as Submission),
  };
  return {
    info: port.info,
    now: () => port.now(),
    attach: (to) => {
      listener = to;
      port.attach({
        submissionCompleted: (submission) => {
          done.push(submission);
          host.at(port.now() + NOTICE_NS, noticed, 0);
        },
        timerFired: (timer) => to.timerFired(timer),
        clockChanged: (mhz) => to.clockChanged(mhz),
        fault: (error) => to.fault(error),
      });
    },
    openTenant: (tenant, domain) => port.openTenant(tenant, domain),
    openStream: (stream, tenant) => port.openStream(stream, tenant),
    submit: (submission) => port.submit(submission),
    setTimer: (at, timer) => port.setTimer(at, timer),
    setSmClock: (mhz) => port.setSmClock(mhz),
  };
}
