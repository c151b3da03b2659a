import type { Ns } from '@lithos/core';
import type { DeviceFile, SimKernel } from '@lithos/sim';
import type { DispatchLine, LaunchLine, MicroLines } from './micro-file.ts';
import { syntheticKernel } from './micro-kernels.ts';
import { MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase } from './micro-types.ts';

const CHAIN = 200;
const TINY_THREADS = 32;
const FULL_THREADS = 1024;
const REGISTERS = 12;

/** Chains of empty kernels. From: the launch costs of the device file. */
export function launchCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  return lines.launch.map((line) =>
    microCase(
      'launch',
      line.quantity.replace(/_us.*/, ''),
      'us',
      line.us,
      predictLaunch(device, line) / 1000,
      fittedLaunch(line),
    ),
  );
}

/** One empty grid between two events, launched by a host that waits for nothing. From: the same. */
export function dispatchCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  return lines.dispatch.map((line) =>
    microCase(
      'dispatch',
      `${line.blocks}x${line.threads}`,
      'us',
      line.us,
      predictDispatch(device, line) / 1000,
      line.blocks >= 1e6 && line.threads <= 256 ? 'launch.dispatchBlocksPerNs' : undefined,
    ),
  );
}

/** A kernel of blocks that do nothing: it takes as long as they take to be placed. */
function emptyKernel(device: DeviceFile, blocks: number, threads: number, gapNs: Ns): SimKernel {
  return syntheticKernel(device, {
    name: 'tiny',
    blocks,
    threads,
    registersPerThread: REGISTERS,
    ns: () => blocks / device.launch.dispatchBlocksPerNs.value,
    gapNs,
  });
}

function predictLaunch(device: DeviceFile, { quantity }: LaunchLine): Ns {
  const { streamGapNs, graphGapNs, hostLaunchNs, hostSyncNs } = device.launch;
  const sms = device.geometry.tpcs.value * device.geometry.smsPerTpc.value;
  const tiny = (gapNs: Ns) => emptyKernel(device, 1, TINY_THREADS, gapNs);
  switch (quantity) {
    case 'host_us_per_launch':
    case 'stream_us_per_kernel':
      return chain(device, tiny(streamGapNs.value), hostLaunchNs.value);
    case 'queued_full_wave_us_per_kernel':
      return chain(device, emptyKernel(device, 2 * sms, FULL_THREADS, streamGapNs.value), 0);
    case 'graph_us_per_kernel':
      return chain(device, tiny(graphGapNs.value), 0);
    case 'launch_sync_us_p50':
      return hostLaunchNs.value + once(device, tiny(streamGapNs.value), 0) + hostSyncNs.value;
    default:
      return chain(device, tiny(streamGapNs.value), 0);
  }
}

function predictDispatch(device: DeviceFile, { blocks, threads }: DispatchLine): Ns {
  const { streamGapNs, hostLaunchNs } = device.launch;
  return once(device, emptyKernel(device, blocks, threads, streamGapNs.value), hostLaunchNs.value);
}

/** Mean time per kernel of a stream of them, one submitted every `everyNs`. */
function chain(device: DeviceFile, kernel: SimKernel, everyNs: Ns): Ns {
  const rig = new MicroRig(device);
  const stream = rig.stream();
  let lastNs = 0;
  for (let i = 0; i < CHAIN; i++) {
    rig.at((i + 1) * everyNs, () => {
      rig.submit(stream, kernel, {
        ended: ({ endNs }) => {
          lastNs = endNs;
        },
      });
    });
  }
  rig.run(1e9);
  return lastNs / CHAIN;
}

/** From now to the end of a kernel that is submitted after `delayNs`. */
function once(device: DeviceFile, kernel: SimKernel, delayNs: Ns): Ns {
  const rig = new MicroRig(device);
  const stream = rig.stream();
  let end = Number.NaN;
  rig.at(delayNs, () => {
    rig.submit(stream, kernel, {
      ended: ({ endNs }) => {
        end = endNs;
      },
    });
  });
  rig.run(1e9);
  return end;
}

/** The constant of the device file that a line gave. */
function fittedLaunch({ quantity }: LaunchLine): string | undefined {
  switch (quantity) {
    case 'queued_stream_us_per_kernel':
      return 'launch.streamGapNs';
    case 'graph_us_per_kernel':
      return 'launch.graphGapNs';
    case 'stream_us_per_kernel':
    case 'host_us_per_launch':
      return 'launch.hostLaunchNs';
    case 'launch_sync_us_p50':
      return 'launch.hostSyncNs';
    default:
      return undefined;
  }
}
