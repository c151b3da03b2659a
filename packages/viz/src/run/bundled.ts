import type { KernelProfile } from '@lithos/core';
import { LithosError } from '@lithos/core';
import { installedContext, type ScenarioContext } from '@lithos/experiments';
import { parseProfile } from '@lithos/traces';

/** Addresses of the profiles that ship with the page; each is fetched when it is needed. */
const PROFILES = import.meta.glob<string>('../../../../traces/profiles/*.json', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** Texts of the scenarios that ship. */
const SCENARIOS = import.meta.glob<string>('../../../../experiments/scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const baseName = (path: string): string => path.replace(/^.*\//, '').replace(/\.[a-z]+$/, '');

const addresses: ReadonlyMap<string, string> = new Map(
  Object.entries(PROFILES).map(([path, url]) => [baseName(path), url]),
);

/** Ids of all profiles that ship, sorted. */
export const profileIds: readonly string[] = [...addresses.keys()].sort();

export interface BundledScenario {
  readonly name: string;
  readonly text: string;
  /** The first line of its comment. */
  readonly summary: string;
}

/** The scenarios that ship; the quickstart first. */
export const bundledScenarios: readonly BundledScenario[] = Object.entries(SCENARIOS)
  .map(([path, text]) => ({
    name: baseName(path),
    text,
    summary: (text.split('\n', 1)[0] ?? '').replace(/^#\s*/, ''),
  }))
  .sort((a, b) => Number(b.name === 'quickstart') - Number(a.name === 'quickstart'));

interface LoadedProfile {
  readonly profile: KernelProfile;
  readonly text: string;
}

const loaded = new Map<string, LoadedProfile>();

/** Fetches profiles that are not here yet. */
export async function fetchProfiles(ids: readonly string[]): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      const address = addresses.get(id);
      if (address === undefined || loaded.has(id)) return;
      const response = await fetch(address);
      if (!response.ok) {
        throw new LithosError(
          'E_VIEW_FETCH',
          `the profile '${id}' cannot be fetched: the server answers ${response.status}`,
          'check that all files of the page are on the server',
        );
      }
      const text = await response.text();
      loaded.set(id, { text, profile: parseProfile(text, `${id}.json`) });
    }),
  );
}

/** A profile that was fetched. */
export function profileOf(id: string): LoadedProfile {
  const found = loaded.get(id);
  if (found === undefined) throw new Error(`profile '${id}' was not fetched`);
  return found;
}

/**
 * What scenarios may name here. Fetches the profiles whose ids stand in the text, as their memory is
 * part of what is checked.
 */
export async function contextFor(text: string): Promise<ScenarioContext> {
  await fetchProfiles(profileIds.filter((id) => text.includes(id)));
  return installedContext(profileIds, (id) => profileOf(id).profile, { simulated: true });
}
