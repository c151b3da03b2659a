import { LithosError } from '@lithos/core';
import type { Granularity } from './open.ts';
import { probePlacement } from './placement.ts';

/** Entry of the child process that tries placement: prints one JSON object and ends. */
const [ordinal = '0', granularity = 'tpc'] = process.argv.slice(2);
try {
  const report = probePlacement(Number(ordinal), granularity as Granularity);
  process.stdout.write(JSON.stringify({ report }));
} catch (error) {
  const { code, message, fix } =
    error instanceof LithosError
      ? error
      : { code: 'E_PLACEMENT', message: String(error), fix: undefined };
  process.stdout.write(JSON.stringify({ error: { code, message, fix } }));
  process.exitCode = 1;
}
