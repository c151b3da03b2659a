import type { KernelProfile } from '@lithos/core';
import {
  type AtomReport,
  findCalibration,
  lookAlikePlans,
  makeCalibrations,
  measureAtoms,
  measureOverhead,
  measureService,
  type Overhead,
  type Planner,
  type ServiceAlone,
} from '@lithos/hw-a100';
import { deviceInfo, findDevice } from '@lithos/sim';
import { columns } from '../layout.ts';
import type { Terminal } from '../terminal.ts';
import { gpuName, type HwSettings } from './backend.ts';

/** The output of `lithos hw bench --json`. */
export interface HwBench {
  readonly schema: 'lithos/hw-bench@1';
  readonly device: string;
  readonly overhead: Overhead;
  readonly service: ServiceAlone;
  readonly atoms: AtomReport;
}

/** What the scheduler costs on a GPU: per launch, per request, per atom. */
export async function runHwBench(
  settings: HwSettings,
  deviceId: string,
  profile: KernelProfile,
): Promise<HwBench> {
  const device = gpuName(settings.ordinal);
  const calibration =
    findCalibration(device, profile.id) ??
    makeCalibrations(settings.ordinal, settings.granularity, [profile])[0];
  if (calibration === undefined) throw new Error('no calibration was made');
  const info = deviceInfo(findDevice(deviceId));
  const plansOf: Planner = (p) =>
    lookAlikePlans(p, calibration, info.sm, info.tpcs.size * info.smsPerTpc);
  return {
    schema: 'lithos/hw-bench@1',
    device,
    overhead: await measureOverhead(settings),
    service: await measureService(settings, profile, plansOf),
    atoms: await measureAtoms(settings),
  };
}

export function reportHwBench(terminal: Terminal, bench: HwBench): void {
  const { overhead, service, atoms } = bench;
  const us = (ns: number): string => `${(ns / 1000).toFixed(2)} us`;
  const ms = (value: number): string => `${value.toFixed(3)} ms`;
  const host = [
    ['a bare launch', us(overhead.bare_launch_ns)],
    ['through the port, no scheduling', us(overhead.streams_ns)],
    ['under LithOS', us(overhead.lithos_ns)],
    ['added', us(overhead.added_ns)],
  ];
  terminal.print(columns([['host time per launch', ''], ...host], terminal.width, [1]));
  const alone = [
    ['bare launches', ms(service.bare_launches.p50_ms), ms(service.bare_launches.p99_ms)],
    ['one bare graph', ms(service.bare_graph.p50_ms), ms(service.bare_graph.p99_ms)],
    ['under LithOS', ms(service.lithos.p50_ms), ms(service.lithos.p99_ms)],
  ];
  terminal.print('');
  terminal.print(
    columns([[`${service.profile} alone`, 'P50', 'P99'], ...alone], terminal.width, [1, 2]),
  );
  const rows = atoms.cases.map((c) => [
    `${c.kernel_ms} ms`,
    c.atoms ? 'atoms' : 'whole',
    ms(c.service.p50_ms),
    ms(c.service.p99_ms),
    c.kernels_per_s.toFixed(1),
    c.atoms_per_kernel.toFixed(1),
  ]);
  terminal.print('');
  const head = ['beside kernels of', '', 'P50', 'P99', 'kernels/s', 'atoms each'];
  const nothing = ['nothing', '', ms(atoms.alone.p50_ms), ms(atoms.alone.p99_ms), '', ''];
  terminal.print(columns([head, nothing, ...rows], terminal.width, [2, 3, 4, 5]));
  terminal.print('');
  terminal.print(`one atom more costs ${atoms.cost_per_atom_us.toFixed(2)} us`);
}
