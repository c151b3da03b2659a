import { PORT_CONTRACT } from '@lithos/core';
import { withCleanup } from '../device/cleanup.ts';
import { contractRig } from '../device/contract.ts';
import { openDriver, openHardware, versionText } from '../device/open.ts';
import { type SelfTest, selfTest } from '../device/self-test.ts';
import { ATTRIBUTE } from '../driver/cuda-prototypes.ts';
import { attempt } from './attempt.ts';
import { type LaunchCosts, measureLaunchCosts } from './launch-costs.ts';
import { findMps } from './mps.ts';
import { lookAtNvml } from './nvml.ts';
import type { CheckResult, DoctorReport, Finding } from './report.ts';

export interface DoctorOptions {
  readonly ordinal: number;
  /** Runs the contract of the device port, too. */
  readonly contract: boolean;
}

/** Looks at everything that runs on hardware need, and says what is missing and how to get it. */
export async function doctor({ ordinal, contract }: DoctorOptions): Promise<DoctorReport> {
  const findings: Finding[] = [];
  const device = attempt(findings, 'driver', () => lookAtDevice(ordinal, findings));
  if (device === undefined) return reportOf({ findings });
  attempt(findings, 'nvml', () => lookAtNvml(device.uuid, findings), 'warn');
  findings.push(mpsFinding());
  const placement = attempt(findings, 'placement', () => lookAtPlacement(ordinal, findings));
  const launch = attempt(findings, 'launch', () => lookAtLaunches(ordinal, findings));
  const checks = contract ? await runContract(ordinal, placement, findings) : [];
  return reportOf({ findings, device, placement, launch, contract: checks });
}

const reportOf = (parts: Pick<DoctorReport, 'findings'> & Partial<DoctorReport>): DoctorReport => ({
  schema: 'lithos/hw-doctor@1',
  device: undefined,
  placement: undefined,
  launch: undefined,
  contract: [],
  ...parts,
});

function lookAtDevice(ordinal: number, findings: Finding[]): NonNullable<DoctorReport['device']> {
  return withCleanup((cleanup) => {
    const { cuda, device } = openDriver(ordinal, cleanup);
    const read = (name: keyof typeof ATTRIBUTE): number => cuda.attribute(device, ATTRIBUTE[name]);
    const found = {
      name: cuda.deviceName(device),
      uuid: cuda.deviceUuid(device),
      compute_capability: `${read('computeMajor')}.${read('computeMinor')}`,
      tpcs: Math.floor(read('smCount') / 2),
      memory_bytes: cuda.totalMemory(device),
      driver: cuda.path,
      cuda: versionText(cuda.driverVersion()),
    };
    const { name, tpcs, compute_capability, cuda: version } = found;
    findings.push({
      id: 'driver',
      state: 'pass',
      text: `${name}: ${tpcs} TPCs, compute capability ${compute_capability}, CUDA ${version}`,
    });
    findings.push(
      read('computeMajor') >= 8
        ? { id: 'device', state: 'pass', text: 'Ampere or newer' }
        : {
            id: 'device',
            state: 'fail',
            text: `compute capability ${compute_capability} is too old`,
            fix: 'use an Ampere GPU or a newer one',
          },
    );
    findings.push(
      cuda.greenContexts
        ? { id: 'green-contexts', state: 'pass', text: 'launches can be confined to TPC sets' }
        : {
            id: 'green-contexts',
            state: 'fail',
            text: 'the driver has no green contexts: launches cannot be confined',
            fix: 'update the NVIDIA driver; 12.5 is the oldest that has them',
          },
    );
    return found;
  });
}

function mpsFinding(): Finding {
  const { program, daemon, pipe } = findMps();
  if (daemon) return { id: 'mps', state: 'pass', text: `an MPS daemon listens at ${pipe}` };
  return program
    ? { id: 'mps', state: 'pass', text: 'no MPS daemon runs; --start-mps starts one of its own' }
    : {
        id: 'mps',
        state: 'warn',
        text: 'nvidia-cuda-mps-control is not installed: the policies mps and mps-limits cannot run',
        fix: 'it comes with the NVIDIA driver (package nvidia-compute-utils)',
      };
}

/** What to do where single TPCs cannot be had; `groupTpcs`: the groups that can, if any. */
function placementFix(groupTpcs: number | undefined): string {
  return groupTpcs === undefined || groupTpcs === 1
    ? 'update the NVIDIA driver: 580 on an H200 is known to work'
    : `if a newer NVIDIA driver (580 on an H200 is known to work) splits no finer either, this GPU gives groups of ${groupTpcs} TPCs only: use the policies that need no TPC sets (streams, stream-priority, mps, time-slicing)`;
}

function lookAtPlacement(ordinal: number, findings: Finding[]): SelfTest {
  const test = selfTest(ordinal);
  const { report, granularity, warnings } = test;
  for (const text of warnings) findings.push({ id: 'placement', state: 'warn', text });
  const exact = report !== undefined && granularity === 'tpc' && report.groupTpcs === 1;
  findings.push(
    exact
      ? {
          id: 'placement',
          state: 'pass',
          text: `%smid: each of ${report.groups} TPCs and ${report.sets} sets exact`,
        }
      : {
          id: 'placement',
          state: 'fail',
          text:
            report === undefined
              ? 'launches cannot be confined: LithOS cannot run here'
              : `launches are confined to groups of ${report.groupTpcs} TPCs: LithOS needs single ones`,
          fix: placementFix(report?.groupTpcs),
        },
  );
  return test;
}

function lookAtLaunches(ordinal: number, findings: Finding[]): LaunchCosts {
  const costs = measureLaunchCosts(ordinal);
  const us = (ns: number): string => `${(ns / 1000).toFixed(1)} us`;
  const green = costs.greenLaunchNs === undefined ? '' : `, ${us(costs.greenLaunchNs)} confined`;
  findings.push({
    id: 'launch',
    state: 'pass',
    text: `a launch costs ${us(costs.launchNs)}${green}, a graph of 20 ${us(costs.graphLaunchNs)}; there and back ${us(costs.roundTripNs)}`,
  });
  return costs;
}

async function runContract(
  ordinal: number,
  placement: SelfTest | undefined,
  findings: Finding[],
): Promise<DoctorReport['contract']> {
  const results: CheckResult[] = [];
  for (const { name, applies, run } of PORT_CONTRACT) {
    const device = openHardware({ ordinal, granularity: placement?.granularity ?? 'none' });
    const rig = contractRig(device);
    try {
      if (applies(rig)) await run(rig);
      results.push(applies(rig) ? { name } : { name, untried: true });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? error.message : String(error) });
    } finally {
      device.close();
    }
  }
  const failed = results.filter((r) => r.error !== undefined).length;
  const untried = results.filter((r) => r.untried);
  const held = results.length - failed - untried.length;
  const left = untried.map(({ name }) => `'${name}'`).join(', ');
  findings.push({
    id: 'contract',
    state: failed === 0 ? 'pass' : 'fail',
    text: `${held} of ${held + failed} checks of the device port hold${left === '' ? '' : `; not tried here: ${left}`}`,
  });
  return results;
}
