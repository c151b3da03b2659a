export { exp, log, pow } from '@lithos/core';
export type { ArrivalSource } from './arrival-source.ts';
export { collectRows } from './collect.ts';
export { AZURE_CODE } from './generators/azure-code.ts';
export { AZURE_CONV } from './generators/azure-conv.ts';
export { FittedArrivals } from './generators/fitted-arrivals.ts';
export type { FittedTrace } from './generators/fitted-trace.ts';
export { findGenerator, GENERATORS, generated } from './generators/generators.ts';
export { thin } from './generators/thin.ts';
export { LoadgenServer, type LoadgenServerParams, loadgenServerRun } from './loadgen.ts';
export { type LoadgenFacts, parseLoadgenFacts, type TableRow } from './loadgen-facts.ts';
export { LATENCY_LIMITS, type LatencyLimit, latencyLimit } from './mlperf-limits.ts';
export {
  findModel,
  kvBytesPerToken,
  type MemoryNeed,
  MODELS,
  type ModelFacts,
  memoryBytes,
  modelMemoryBytes,
  RUNTIME_BYTES,
} from './models.ts';
export { Mt19937 } from './mt19937.ts';
export { TRACES, type TraceEntry } from './node/catalog.ts';
export { parseProfile } from './profiles.ts';
export { Random } from './random.ts';
export { gamma, poisson } from './renewal.ts';
export { type ColumnStatistics, type TraceStatistics, traceStatistics } from './statistics.ts';
export { type TokenModel, tokenModel, withTokens } from './tokens.ts';
export { fromRows, type RowsSource, type TraceRows } from './trace-rows.ts';
export {
  type LoadgenValidation,
  type LoadgenValidationOptions,
  type ValidationCase,
  validateLoadgen,
} from './validate-loadgen.ts';
