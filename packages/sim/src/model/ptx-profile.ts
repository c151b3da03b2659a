import { cutMultiple, type KernelProfile, LithosError, type PtxWork, waits } from '@lithos/core';
import { type DeviceFile, launchGapNs } from './device-model.ts';

/** Registers of a thread where nobody states them: what a simple kernel takes. */
const REGISTERS = 32;

/**
 * A request of a user's own kernels as a profile of this device, which knows one time of each launch:
 * that on the whole device. Times on fewer TPCs follow from its blocks (`TwoSampleLaw`). What it
 * computes and moves is not known: it is taken to keep its SMs busy, so that nothing is gained where
 * others share them, and to leave the memory's bandwidth alone.
 */
export function ptxProfile({ path, launches }: PtxWork, device: DeviceFile): KernelProfile {
  const sequence: number[] = [];
  const durations: number[] = [];
  launches.forEach(({ kernel, repeat, timeNs }, k) => {
    if (timeNs === undefined) {
      throw new LithosError(
        'E_PTX_TIME',
        `${path}: the simulator cannot tell how long kernel '${kernel}' takes`,
        'state the time of each launch, alone on the whole device; or run it on a GPU',
      );
    }
    for (let i = 0; i < repeat; i++) {
      sequence.push(k);
      durations.push(timeNs);
    }
  });
  const none = sequence.map(() => 0);
  const sms = device.geometry.tpcs.value * device.geometry.smsPerTpc.value;
  const instructionsPerNs =
    (sms * device.throughput.issuePerSmClock.value * device.clock.maxSmMhz.value) / 1000;
  const sum = durations.reduce((total, ns) => total + ns, 0);
  return {
    schema: 'lithos/kernel-profile@1',
    id: path.replace(/^.*\//, '').replace(/\.ptx$/, ''),
    kind: 'inference',
    model: 'ptx',
    batch: 1,
    measured: { device: device.id, smClockMhz: device.clock.maxSmMhz.value, driver: '' },
    iterationNs: sum + sequence.length * launchGapNs(device, 'graph'),
    meanPowerW: 0,
    kernels: launches.map((launch) => ({
      name: launch.kernel,
      grid: launch.grid,
      block: launch.block,
      registersPerThread: launch.registers ?? REGISTERS,
      sharedMemoryBytes: launch.sharedBytes + (launch.module?.staticSharedBytes ?? 0),
      cutMultiple: cutMultiple(launch),
      ...(waits(launch.module?.splitting) && { persistent: true }),
    })),
    sequence,
    tpcCounts: [device.geometry.tpcs.value],
    durationNs: [durations],
    work: {
      dramBytes: none,
      dramWriteBytes: none,
      l2Bytes: none,
      coldShare: none,
      tensorActive: none,
      warpInstructions: durations.map((ns) => ns * instructionsPerNs),
      source: 'e'.repeat(sequence.length),
    },
  };
}
