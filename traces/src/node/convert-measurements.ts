/**
 * Makes the kernel profiles that ship from a folder of measurements:
 * `node dist/node/convert-measurements.js <measurements> <profiles>`.
 * Deterministic: same measurements, same bytes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LithosError } from '@lithos/core';
import { buildProfile } from './convert/build-profile.ts';
import { formatProfile } from './convert/format-profile.ts';
import { readMeasurements } from './convert/measurements.ts';
import { sourceTable } from './convert/source-table.ts';
import { collectCounted } from './convert/work.ts';

const MARK_BEGIN = '<!-- table: written by convert-measurements -->';
const MARK_END = '<!-- end of table -->';

/** Puts the table between the marks of the folder's README, if there is one with marks. */
function updateReadme(path: string, table: string): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return;
  }
  const begin = text.indexOf(MARK_BEGIN);
  const end = text.indexOf(MARK_END);
  if (begin < 0 || end < begin) return;
  writeFileSync(path, `${text.slice(0, begin)}${MARK_BEGIN}\n${table}\n${text.slice(end)}`);
}

/** Converts all workloads of a measurements folder; returns the table of their sources. */
export function convertMeasurements(from: string, to: string): string {
  const { traces, counters } = readMeasurements(from);
  const counted = collectCounted(traces, counters);
  mkdirSync(to, { recursive: true });
  const profiles = traces.workloads.map((w) => buildProfile(w, traces, counters, counted));
  for (const profile of profiles) {
    writeFileSync(join(to, `${profile.id}.json`), formatProfile(profile));
  }
  const table = sourceTable(profiles);
  updateReadme(join(to, 'README.md'), table);
  return table;
}

function main(args: readonly string[]): void {
  const [from, to] = args;
  if (from === undefined || to === undefined || args.length > 2) {
    throw new LithosError('E_USAGE', 'usage: convert-measurements <measurements> <profiles>');
  }
  process.stdout.write(`${convertMeasurements(from, to)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof LithosError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
