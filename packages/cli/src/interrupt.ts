import { EXIT } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Ctrl-C while a command works. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

/** SIGHUP: the terminal is gone; what was started must not stay behind. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Lets the first Ctrl-C stop the work in good order, and the second one end the process.
 * @param message what the first one says
 */
export function onInterrupt(terminal: Terminal, message: string): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      terminal.progress.clear();
      process.exit(EXIT.interrupted);
    }
    terminal.note(`interrupted: ${message} (Ctrl-C again ends at once)`);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
