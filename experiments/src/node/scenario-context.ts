import { listProfiles, loadProfile } from '@lithos/traces/node';
import type { ScenarioContext } from '../scenario/context.ts';
import { installedContext } from '../scenario/installed.ts';

/** Everything a scenario may name, as this installation has it. */
export function scenarioContext(): ScenarioContext {
  return installedContext(listProfiles(), loadProfile);
}
