#!/usr/bin/env node
import { exitCodeOf } from './errors.ts';
import { makeProgram } from './program.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal(process.stdout, process.stderr, process.env);
try {
  await makeProgram(terminal).parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error, terminal);
}
