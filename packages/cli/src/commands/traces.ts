import { findGenerator, GENERATORS } from '@lithos/traces';
import { traceStatistics } from '@lithos/traces';
import { locateTrace, pullTrace, readAzureLlm, TRACES, traceEntry, findTrace } from '@lithos/traces/node';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { onInterrupt } from '../interrupt.ts';
import { columns } from '../layout.ts';
import { shorter } from '../scenario-files.ts';
import type { Terminal } from '../terminal.ts';

interface Flags {
  readonly json?: boolean;
  readonly lenient?: boolean;
}
