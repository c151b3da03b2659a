export type { ServedRequest } from './drivers/driver.ts';
export { EXPERIMENTS, findExperiment } from './experiments/registry.ts';
export type * from './experiments/types.ts';
export * from './export/index.ts';
export * from './metrics/catalog.ts';
export { formatMetric } from './metrics/format.ts';
export { metricsMarkdown } from './metrics/markdown.ts';
export type { FinishedRequest, UnfinishedRequest } from './metrics/objectives.ts';
export {
  aggregate,
  refusedTenant,
  type TenantEnd,
  type TenantFigures,
  TenantMetrics,
  type TenantMetricsOptions,
} from './metrics/tenant-metrics.ts';
export {
  type Manifest,
  type ManifestDevice,
  type ManifestInput,
  type ManifestProcess,
  RECORD_FILES,
  type RecordLevel,
  type RunCounts,
  type RunDescription,
  type RunExit,
  type RunSummary,
  type RunWall,
} from './record/manifest.ts';
export type { CodedTexts, NumberValues } from './record/parquet/read-column.ts';
export {
  type OpenFile,
  type RandomAccessRunFiles,
  type RunFiles,
  type RunRecord,
  readInParts,
  readRun,
  readRunTable,
  TABLES,
  type TableName,
  withRunTable,
} from './record/read.ts';
export { type RunEnd, RunRecorder, type RunRecorderOptions } from './record/recorder.ts';
export { type FileSink, MemorySink, type SinkFile } from './record/sink.ts';
export { type ColumnValues, Table } from './record/table.ts';
export {
  type ByteSource,
  bytesSource,
  type ColumnInfo,
  type ColumnKind,
  openTable,
  TableReader,
} from './record/table-reader.ts';
export { compareCsv } from './report/compare-csv.ts';
export { type CompareTableOptions, compareTable } from './report/compare-table.ts';
export { type ExperimentTableOptions, experimentTable } from './report/experiment-table.ts';
export { type Paint, PLAIN } from './report/paint.ts';
export * from './results.ts';
export type { Backend, DeviceCounters, OpenDevice } from './runner/backend.ts';
export type { RunInputs } from './runner/inputs.ts';
export { type RunHooks, run } from './runner/run.ts';
export type { CounterSample, RunSink } from './runner/run-sink.ts';
export { type OpenSimulator, simBackend } from './runner/sim-backend.ts';
export { type Outcome, Simulation, type SimulationOptions } from './runner/simulation.ts';
export { measureSolo, type SoloRates } from './runner/solo.ts';
export * from './scenario/context.ts';
export { formatDuration, formatRate, formatShare } from './scenario/format-quantity.ts';
export { installedContext, profilesOfModel, profilesOfWorkload } from './scenario/installed.ts';
export { parseScenario } from './scenario/parse.ts';
export { parseDuration, parseMoment, parseRate, parseShare } from './scenario/quantity.ts';
export { type Json, type JsonObject, scenarioToJson } from './scenario/to-json.ts';
export * from './scenario-types.ts';
export { type ColocationValidation, validateColocation } from './validate/colocation.ts';
export { type ColocationRun, parseColocation } from './validate/colocation-file.ts';
export { validateKernels } from './validate/kernels.ts';
export { validateMicro } from './validate/micro.ts';
export { parseMicro } from './validate/micro-file.ts';
export type { MicroCase, MicroValidation } from './validate/micro-types.ts';
export { validatePower } from './validate/power.ts';
export * from './validate/report/index.ts';
export { type Twin, type TwinValidation, validateTwin } from './validate/twin.ts';
export type * from './validate/types.ts';
export { VERSION } from './version.ts';
