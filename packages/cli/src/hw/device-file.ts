import { LithosError } from '@lithos/core';
import type { Calibration } from '@lithos/hw-a100';
import type { DeviceFile, Sourced } from '@lithos/sim';

/** Share of the greatest read rate from which DRAM counts as saturated. */
const SATURATED = 0.97;

/**
 * The device file of a measured GPU: `base`, with every number that was measured in its place. What
 * needs another clock or more than one kind of load stays as it is, and so does what is missing.
 */
export function deviceFileOf(base: DeviceFile, measured: Calibration, date: string): DeviceFile {
  const { tpcs } = base.geometry;
  if (measured.tpcs !== tpcs.value) {
    throw new LithosError(
      'E_HW_DEVICE',
      `the device file to begin with is of ${base.id} with ${tpcs.value} TPCs, and this GPU (${measured.device}) has ${measured.tpcs}`,
      'give the device that it is with --device',
    );
  }
  const of = (value: number, what: string): Sourced => ({
    value,
    source: `lithos hw calibrate on ${measured.device}, ${date}: ${what}`,
  });
  const { launch, read_bytes_per_ns: reads, empty_kernel_ns: empty } = measured;
  const greatest = Math.max(...reads.map((r) => r.bytes_per_ns));
  const saturating = reads.find((r) => r.bytes_per_ns >= SATURATED * greatest);
  const idle = measured.power.find((p) => p.load === 'idle');
  const slices = measured.time_slices;
  const gap = (period: number): number => Math.max(1, Math.round(period - empty));
  return {
    ...base,
    memory: {
      ...base.memory,
      dramBytesPerNs: of(Math.round(greatest), 'greatest read rate'),
      dramSaturationTpcs: of(
        saturating?.tpcs ?? base.memory.dramSaturationTpcs.value,
        `fewest TPCs with ${100 * SATURATED} % of it`,
      ),
    },
    launch: {
      ...base.launch,
      streamGapNs: of(gap(launch.streamPeriodNs), 'period of empty kernels in a stream, less one'),
      graphGapNs: of(gap(launch.graphPeriodNs), 'period of empty kernels in a graph, less one'),
      hostLaunchNs: of(Math.round(launch.launchNs), 'cuLaunchKernel from Node'),
      hostGraphLaunchNs: of(Math.round(launch.graphLaunchNs), 'cuGraphLaunch from Node'),
      hostSyncNs: of(
        Math.max(1, Math.round(launch.roundTripNs - launch.launchNs - empty)),
        'launch until the completion record is seen, less launch and kernel',
      ),
      dispatchBlocksPerNs: of(
        Math.round(100 * measured.dispatch_blocks_per_ns) / 100,
        'empty blocks of 128 threads',
      ),
    },
    contexts:
      'missing' in slices
        ? base.contexts
        : {
            sliceNs: of(slices.slice_ns, 'how long a kernel is frozen, less two switches'),
            switchNs: of(slices.switch_ns, 'two processes with 20 us of work in turns'),
          },
    power: {
      ...base.power,
      ...(idle && {
        clockWPerGhz: of(
          Math.max(0, (idle.watts - base.power.boardW.value) / (base.clock.maxSmMhz.value / 1000)),
          'idle with a context, less the board',
        ),
      }),
    },
  };
}
