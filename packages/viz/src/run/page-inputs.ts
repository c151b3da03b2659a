import { LithosError } from '@lithos/core';
import {
  type ManifestInput,
  profilesOfModel,
  profilesOfWorkload,
  type RunInputs,
  type Scenario,
} from '@lithos/experiments';
import { findModel, kvBytesPerToken } from '@lithos/traces';
import { fetchProfiles, profileIds, profileOf } from './bundled.ts';
import { sha256 } from './sha256.ts';

/** Fetches what a scenario's runs need. Recorded traces do not come with the page. */
export async function pageInputs(scenario: Scenario): Promise<RunInputs> {
  for (const { name, arrivals } of scenario.tenants) {
    if (arrivals.kind !== 'trace') continue;
    throw new LithosError(
      'E_VIEW_TRACE',
      `tenant '${name}' replays the recorded trace '${arrivals.trace}', which does not come with this page`,
      `write generator instead of trace, or run it with the command: lithos compare, then lithos view`,
    );
  }
  await fetchProfiles(neededProfiles(scenario));
  return {
    profile: (id) => profileOf(id).profile,
    profilesOf: (model) => profilesOfModel(profileIds, model),
    kvBytesPerToken: (id) => {
      const model = findModel(id);
      if (model === undefined) throw new Error(`there is no model '${id}'`);
      return kvBytesPerToken(model);
    },
    trace: (id) => {
      throw new Error(`trace '${id}' was refused before`);
    },
  };
}

/** Files that the run reads, as the manifest lists them. */
export async function inputFiles(scenario: Scenario): Promise<readonly ManifestInput[]> {
  return Promise.all(
    neededProfiles(scenario).map(async (id) => ({
      name: `${id}.json`,
      sha256: await sha256(profileOf(id).text),
    })),
  );
}

function neededProfiles(scenario: Scenario): readonly string[] {
  return [
    ...new Set(
      scenario.tenants.flatMap(({ workload }) => profilesOfWorkload(workload, profileIds)),
    ),
  ];
}
