export { type BenchCase, type BenchResult, bench } from './bench.ts';
export { type CompareOptions, compare } from './compare.ts';
export { type ExperimentOptions, runExperiment, writeExperiment } from './experiment.ts';
export {
  EXPORT_FORMATS,
  type ExportedFile,
  type ExportFormat,
  type ExportOptions,
  type ExportResult,
  exportRun,
} from './export.ts';
export { FolderSink, folderFiles } from './folder-sink.ts';
export { type LoadedInputs, loadInputs } from './inputs.ts';
export { type Job, type JobResult, perform, type RunJob } from './jobs.ts';
export { readMeasurements, shippedMeasurements } from './measurements.ts';
export { openFolder } from './open-files.ts';
export { nextOutDir, prepareOutDir } from './out-dir.ts';
export type { Performer } from './pool.ts';
export { type Played, recordRun } from './record-run.ts';
export { scenarioContext } from './scenario-context.ts';
export { readKernelTraces, readPowerProfiles, shippedProfiles } from './validate.ts';
