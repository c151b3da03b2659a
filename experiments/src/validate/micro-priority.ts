import type { Ns } from '@lithos/core';
import type { DeviceFile, SimKernel } from '@lithos/sim';
import type { MicroLines, PriorityLine } from './micro-file.ts';
import { syntheticKernel } from './micro-kernels.ts';
import { MicroRig } from './micro-rig.ts';
import { type MicroCase, microCase } from './micro-types.ts';

const THREADS = 1024;
const REGISTERS = 12;
/** When the short grid is launched, as a share of the waves that are named (the benchmark's own). */
const MIDDLE = 0.4;

/**
 * A short grid submitted in the middle of a long best-effort one. From: the length of a block that the
 * kernels were told to spin, and the launch costs of the device file.
 */
export function priorityCases(device: DeviceFile, lines: MicroLines): readonly MicroCase[] {
  return lines.priority.flatMap((line) => {
    const { latencyNs, spanNs } = predict(device, line);
    const { high, beBlocksPerSm, beBlockUs, hpBlocks } = line;
    const id = `${high ? 'high' : 'equal'}/${beBlocksPerSm}x${beBlockUs}us/${hpBlocks}`;
    return [
      microCase('priority', id, 'hp_latency_us', line.hpLatencyUs, latencyNs / 1000),
      microCase('priority', id, 'be_span_us', line.beSpanUs, spanNs / 1000),
    ];
  });
}

function predict(device: DeviceFile, line: PriorityLine): { latencyNs: Ns; spanNs: Ns } {
  const { hostLaunchNs, hostSyncNs } = device.launch;
  const sms = device.geometry.tpcs.value * device.geometry.smsPerTpc.value;
  const be = spinKernel(device, sms * line.beBlocksPerSm * line.beWaves, line.beBlockUs * 1000);
  const hp = spinKernel(device, line.hpBlocks, line.hpBlockUs * 1000);
  const rig = new MicroRig(device);
  const [beStream, hpStream] = [rig.stream(), rig.stream()];
  const submitNs = MIDDLE * line.beWaves * line.beBlockUs * 1000;
  let latencyNs = Number.NaN;
  let spanNs = Number.NaN;
  rig.at(hostLaunchNs.value, () => {
    rig.submit(beStream, be, {
      ended: ({ startNs, endNs }) => {
        spanNs = endNs - startNs;
      },
    });
  });
  rig.at(submitNs + hostLaunchNs.value, () => {
    rig.submit(hpStream, hp, {
      priority: line.high ? device.priorityLevels.value - 1 : 0,
      ended: ({ endNs }) => {
        latencyNs = endNs + hostSyncNs.value - submitNs;
      },
    });
  });
  rig.run(1e9);
  return { latencyNs, spanNs };
}

/** Blocks that spin for a given time, in as many waves as two of them fit an SM. */
export function spinKernel(device: DeviceFile, blocks: number, blockNs: Ns): SimKernel {
  const perTpc = device.geometry.smsPerTpc.value * Math.floor(device.sm.threads.value / THREADS);
  return syntheticKernel(device, {
    name: 'blocks_spin',
    blocks,
    threads: THREADS,
    registersPerThread: REGISTERS,
    ns: (n) => Math.ceil(blocks / (n * perTpc)) * blockNs,
    gapNs: device.launch.streamGapNs.value,
  });
}
