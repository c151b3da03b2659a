export { type AzureLlmOptions, type AzureLlmTrace, readAzureLlm } from './azure-llm.ts';
export { TRACES, type TraceEntry, traceEntry } from './catalog.ts';
export {
  cacheFolder,
  checkTrace,
  type Environment,
  findTrace,
  locateTrace,
  traceFolders,
} from './find-trace.ts';
export { readLoadgenTable } from './loadgen-table.ts';
export { listProfiles, loadProfile, profilesFolder } from './profile-store.ts';
export { download, type PullOptions, pullTrace } from './pull-trace.ts';
