import { ATOM_PATHS } from '@lithos/sim';
import type { Scenario, ScenarioTenant } from '../scenario-types.ts';
import { readArrivals } from './arrivals.ts';
import type { ScenarioContext, ScenarioDevice } from './context.ts';
import { checkMemory } from './memory.ts';
import { integerReader, readDuration, readPositiveDuration, readSlip } from './quantity.ts';
import { allotQuotas, readQuota, type StatedQuota } from './quota.ts';
import { type Entry, type Mapping, readSource } from './source.ts';
import { readSlo, readWorkload } from './workload.ts';

const KEYS = [
  'device',
  'duration',
  'tenants',
  'warmup',
  'seed',
  'atoms',
  'segments',
  'dispatch_cost',
  'policies',
  'name',
  'description',
];
const TENANT_KEYS = ['name', 'class', 'quota', 'workload', 'arrivals', 'slo', 'slip', 'leaves'];

/** Names end up in file names, column names and tables. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * Reads a scenario file, YAML or JSON, and checks all that can be checked before anything runs.
 * Every refusal is a `LithosError` whose message begins `file:line:column:`.
 * @param fileName what errors call the file; without folder and ending, the scenario's name
 */
export function parseScenario(text: string, fileName: string, context: ScenarioContext): Scenario {
  const top = readSource(text, fileName);
  const map = top.map(KEYS);
  const device = readDevice(map, context);
  const duration = map.need('duration', '60s');
  const durationNs = duration.quantity(readPositiveDuration);
  const warmup = map.get('warmup');
  const warmupNs = warmup?.quantity(readDuration) ?? 0;
  if (warmup !== undefined && warmupNs >= durationNs) {
    warmup.fail(
      'E_SCENARIO_WARMUP',
      `the warm-up of ${warmup.text()} leaves nothing of the duration of ${duration.text()}`,
      'shorten the warm-up, or lengthen the duration',
    );
  }
  const nameEntry = map.get('name');
  const atoms = map.get('atoms')?.oneOf(ATOM_PATHS);
  const segmentNs = map.get('segments')?.quantity(readPositiveDuration);
  const dispatchNs = map.get('dispatch_cost')?.quantity(readDuration);
  return {
    name: nameEntry === undefined ? baseName(fileName) : readName(nameEntry),
    description: map.get('description')?.text(),
    device: device.id,
    durationNs,
    warmupNs,
    seed: map.get('seed')?.quantity(integerReader(0, Number.MAX_SAFE_INTEGER)) ?? 1,
    ...(atoms !== undefined && { atoms }),
    ...(segmentNs !== undefined && { segmentNs }),
    ...(dispatchNs !== undefined && { dispatchNs }),
    tenants: readTenants(map.need('tenants', '[…]'), device, context),
    policies: readPolicies(map.get('policies'), context),
  };
}

function baseName(fileName: string): string {
  const name = fileName.replace(/^.*[/\\]/, '').replace(/\.(ya?ml|json)$/i, '');
  return name === '' ? 'scenario' : name;
}

function readName(entry: Entry): string {
  const name = entry.text();
  if (!NAME.test(name)) {
    entry.fail(
      'E_SCENARIO_VALUE',
      `'${name}' is not a usable name`,
      "use letters, digits, '.', '_' and '-', at most 64, a letter or digit first",
    );
  }
  return name;
}

function readDevice(map: Mapping, context: ScenarioContext): ScenarioDevice {
  const ids = context.devices.map(({ id }) => id);
  const id = map.need('device', ids[0] ?? 'a100-40gb').knownName('device', ids, 'lithos devices');
  const device = context.devices.find((candidate) => candidate.id === id);
  if (device === undefined) throw new Error(`device '${id}' was known a moment ago`);
  return device;
}

function readPolicies(entry: Entry | undefined, context: ScenarioContext): readonly string[] {
  if (entry === undefined) return context.policies;
  const seen = new Set<string>();
  for (const item of entry.list()) {
    const name = item.knownName('policy', context.policies, 'lithos policies');
    if (seen.has(name)) {
      item.fail('E_SCENARIO_DUPLICATE', `policy '${name}' is listed twice`, 'remove one of them');
    }
    seen.add(name);
  }
  return [...seen];
}

function readTenants(
  entry: Entry,
  device: ScenarioDevice,
  context: ScenarioContext,
): readonly ScenarioTenant[] {
  const drafts = entry.list().map((item) => readTenant(item, device, context));
  const seen = new Set<string>();
  for (const { tenant, nameEntry } of drafts) {
    if (seen.has(tenant.name)) {
      nameEntry.fail(
        'E_SCENARIO_DUPLICATE',
        `two tenants are called '${tenant.name}'`,
        'give each tenant a name of its own',
      );
    }
    seen.add(tenant.name);
  }
  const quotas = allotQuotas(
    drafts.flatMap(({ quota }) => (quota === undefined ? [] : [quota])),
    device,
  );
  let next = 0;
  const tenants = drafts.map(({ tenant, quota }) => ({
    ...tenant,
    quotaTpcs: quota === undefined ? 0 : (quotas[next++] ?? 0),
  }));
  checkMemory(entry, tenants, device, context);
  return tenants;
}

interface TenantDraft {
  readonly tenant: Omit<ScenarioTenant, 'quotaTpcs'>;
  readonly nameEntry: Entry;
  readonly quota: StatedQuota | undefined;
}

function readTenant(item: Entry, device: ScenarioDevice, context: ScenarioContext): TenantDraft {
  const map = item.map(TENANT_KEYS);
  const nameEntry = map.need('name', 'chat');
  const name = readName(nameEntry);
  const tenantClass = map.need('class', 'hp').oneOf(['hp', 'be']);
  const workload = readWorkload(map.need('workload', '{ profile: resnet50-b8 }'), device, context);
  const slip = map.get('slip')?.quantity(readSlip);
  const leavesNs = map.get('leaves')?.quantity(readPositiveDuration);
  const tenant = {
    name,
    class: tenantClass,
    workload,
    arrivals: readArrivals(map.need('arrivals', '{ poisson: 200/s }'), context),
    slo: readSlo(map.get('slo'), workload),
    ...(slip !== undefined && { slip }),
    ...(leavesNs !== undefined && { leavesNs }),
  };
  return { tenant, nameEntry, quota: readTenantQuota(map, name, tenantClass, device) };
}

function readTenantQuota(
  map: Mapping,
  tenant: string,
  tenantClass: 'hp' | 'be',
  device: ScenarioDevice,
): StatedQuota | undefined {
  const entry = tenantClass === 'hp' ? map.need('quota', '50%') : map.get('quota');
  if (entry === undefined) return undefined;
  if (tenantClass === 'be') {
    // `0%` is fine here, although it is no share that a high-priority tenant could have.
    if (Number.parseFloat(entry.text()) === 0) return undefined;
    entry.fail(
      'E_SCENARIO_QUOTA',
      `'${tenant}' is best-effort and cannot have a quota of ${entry.text()}`,
      'remove the quota (best-effort tenants run on idle TPCs), or make the tenant class: hp',
    );
  }
  const quota = readQuota(entry, tenant, device);
  if (quota.tpcs === 0) {
    entry.fail(
      'E_SCENARIO_QUOTA',
      `'${tenant}' is high-priority and has a quota of 0`,
      'give it TPCs, or make the tenant class: be',
    );
  }
  return quota;
}
