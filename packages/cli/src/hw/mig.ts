import { type DeviceInfo, findPolicy, LithosError, type Placement } from '@lithos/core';
import type { Scenario } from '@lithos/experiments';
import { scenarioContext } from '@lithos/experiments/node';
import { type MigInstance, openNvml } from '@lithos/hw-a100';
import { type DeviceFile, deviceInfo, findDevice } from '@lithos/sim';
import type { Part } from './process-run.ts';

/** A MIG instance with the name of its profile: `3g.71gb`. */
interface NamedInstance extends MigInstance {
  readonly name: string;
}

/** A GPU as MIG has divided it. */
interface MigGpu {
  readonly ordinal: number;
  readonly name: string;
  readonly enabled: boolean;
  readonly instances: readonly NamedInstance[];
}

/** Reads how a GPU is divided; `ordinal` is as `nvidia-smi` counts. Nothing is changed. */
function readMigGpu(ordinal: number, file: DeviceFile): MigGpu {
  const nvml = openNvml(ordinal);
  try {
    const enabled = nvml.migEnabled();
    const instances = (enabled ? nvml.migInstances() : []).map((one) => ({
      ...one,
      name: profileName(file, one),
    }));
    return { ordinal, name: nvml.name(), enabled, instances };
  } finally {
    nvml.close();
  }
}

/**
 * The instance of each tenant of a scenario, as the simulator's `mig` places them: 4g and 3g, or 7g for one
 * alone. Refused, before anything runs, where the GPU is not divided that way.
 */
export function placeOnInstances(scenario: Scenario, ordinal: number): readonly Part[] {
  const file = findDevice(scenario.device);
  const gpu = readMigGpu(ordinal, file);
  const wanted = wantedProfiles(scenario);
  if (!gpu.enabled) {
    throw new LithosError(
      'E_MIG_OFF',
      `policy 'mig' needs MIG instances, and MIG is off on GPU ${ordinal} (${gpu.name})`,
      `leave it out with --policies; or have an administrator turn MIG on, which takes the GPU from everybody who uses it: \`nvidia-smi -i ${ordinal} -mig 1\`, then ${making(ordinal, wanted)}`,
    );
  }
  if (file.name !== gpu.name) {
    throw new LithosError(
      'E_HW_DEVICE',
      `the scenario is for ${scenario.device} (${file.name}), and GPU ${ordinal} is ${gpu.name}`,
      'change `device` in the scenario, or use another GPU with --gpu, which counts as nvidia-smi does',
    );
  }
  // Instances that share a GPU instance share its memory, so that they are no parts of their own.
  const whole = gpu.instances.filter((one) => one.computeSlices === one.gpuSlices);
  const tenants = scenario.tenants.length;
  if (whole.length < tenants) {
    throw refusal(gpu, wanted, `${tenants} tenants need one each`);
  }
  const placed = place(scenario, {
    ...deviceInfo(file).capabilities,
    domains: ['instance'],
    instances: whole.map((one) => ({
      name: one.name,
      computeSlices: one.computeSlices,
      tpcs: tpcsOf(one, file),
      memoryShare: one.memoryBytes / file.memory.bytes.value,
      memoryBytes: one.memoryBytes,
    })),
  });
  let firstTpc = 0;
  return placed.map((placement, i) => {
    const tenant = scenario.tenants[i];
    const instance = whole[instanceProfile(placement) ?? -1];
    if (instance === undefined || tenant === undefined) {
      throw refusal(gpu, wanted, `tenant '${tenant?.name}' needs a ${wanted[i]}`);
    }
    const need = scenarioContext().memoryNeed(tenant.workload);
    if (need > instance.memoryBytes) {
      const [needs, has] = [need, instance.memoryBytes].map((b) => `${(b / 1e9).toFixed(1)} GB`);
      const what = `tenant '${tenant.name}' needs ${needs} of memory, and its ${instance.name} has ${has}`;
      throw refusal(gpu, wanted, what);
    }
    const part = { uuid: instance.uuid, tpcs: tpcsOf(instance, file), firstTpc };
    firstTpc += part.tpcs;
    return part;
  });
}

/** The profile that each tenant gets on a device that has them all; refused where the policy has no room. */
function wantedProfiles(scenario: Scenario): readonly string[] {
  const { capabilities } = deviceInfo(findDevice(scenario.device));
  return place(scenario, capabilities).map((placement, i) => {
    const profile = capabilities.instances[instanceProfile(placement) ?? -1];
    if (profile !== undefined) return profile.name;
    const why = placement.kind === 'refused' ? placement.reason : 'it has no instances';
    throw new LithosError(
      'E_HW_POLICY',
      `policy 'mig' has no room for tenant '${scenario.tenants[i]?.name}': ${why}`,
      'remove a tenant, or leave the policy out',
    );
  });
}

function place(scenario: Scenario, capabilities: DeviceInfo['capabilities']): readonly Placement[] {
  const device = { ...deviceInfo(findDevice(scenario.device)), capabilities };
  const tenants = scenario.tenants.map(({ name, class: kind, quotaTpcs }) => ({
    name,
    class: kind,
    quotaTpcs,
  }));
  return findPolicy('mig').place(tenants, device, {});
}

const instanceProfile = (placement: Placement): number | undefined =>
  placement.kind === 'placed' && placement.domain.kind === 'instance'
    ? placement.domain.profile
    : undefined;

const tpcsOf = ({ sms }: MigInstance, file: DeviceFile): number =>
  Math.floor(sms / deviceInfo(file).smsPerTpc);

/** A profile's name: the device's own of as many slices and about as much memory, if it has one. */
function profileName({ mig }: DeviceFile, one: MigInstance): string {
  const off = (memoryBytes: number): number => Math.abs(memoryBytes - one.memoryBytes);
  const known = mig.instances.find(
    (i) => i.computeSlices === one.gpuSlices && off(i.memoryBytes) < one.memoryBytes / 4,
  );
  const name = known?.name ?? `${one.gpuSlices}g.${Math.round(one.memoryBytes / 2 ** 30)}gb`;
  return one.computeSlices === one.gpuSlices ? name : `${one.computeSlices}c.${name}`;
}

const making = (ordinal: number, profiles: readonly string[]): string =>
  `make the instances: \`nvidia-smi mig -i ${ordinal} -cgi ${profiles.join(',')} -C\``;

function refusal(gpu: MigGpu, wanted: readonly string[], what: string): LithosError {
  const { ordinal, instances } = gpu;
  const has = instances.map((one) => `${one.name} with ${one.sms} SMs`).join(', ');
  const remove = `\`nvidia-smi mig -i ${ordinal} -dci\` and \`-dgi\` remove those in the way`;
  return new LithosError(
    'E_MIG_INSTANCES',
    `policy 'mig' places these tenants on ${wanted.join(' and ')}, and GPU ${ordinal} (${gpu.name}) has ${has || 'no instances'}: ${what}`,
    `have an administrator ${making(ordinal, wanted)} (${remove}); or leave the policy out`,
  );
}
