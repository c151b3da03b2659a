import { listProfiles, loadProfile } from '@lithos/traces/node';
import type { ContextExtras, ScenarioContext } from '../scenario/context.ts';
import { installedContext } from '../scenario/installed.ts';

/** Everything a scenario may name, as this installation has it. */
export function scenarioContext(extras: ContextExtras = {}): ScenarioContext {
  return installedContext(listProfiles(), loadProfile, extras);
}
