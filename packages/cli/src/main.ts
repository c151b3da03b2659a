#!/usr/bin/env node
import { LithosError } from '@lithos/core';
import { exitCodeOf } from './errors.ts';
import { makeProgram } from './program.ts';
import { Terminal } from './terminal.ts';

/** Codes of errors after which nothing more is to be had from a device. */
const DEVICE_FAULTS = ['E_DEVICE_FAULT', 'E_DEVICE_HANG'];

const terminal = new Terminal(process.stdout, process.stderr, process.env);
try {
  await makeProgram(terminal).parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error, terminal);
  // What is open on a device that failed may keep the process for ever.
  if (error instanceof LithosError && DEVICE_FAULTS.includes(error.code)) process.exit();
}
