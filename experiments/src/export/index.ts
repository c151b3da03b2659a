export { type CsvExport, exportCsv } from './csv/export-csv.ts';
export {
  exportPerfetto,
  type PerfettoExport,
  type PerfettoOptions,
} from './perfetto/export-perfetto.ts';
export {
  type ExportHooks,
  type ExportSource,
  type ExportWindow,
  openSource,
  recordedTables,
  WHOLE_RUN,
} from './source.ts';
