import { pullTrace, type TraceEntry } from '@lithos/traces/node';
import { EXIT } from './errors.ts';
import { onInterrupt } from './interrupt.ts';
import type { Terminal } from './terminal.ts';

/** Downloads a trace; Ctrl-C keeps what has come for the next time. */
export async function pull(terminal: Terminal, entry: TraceEntry, json: boolean): Promise<void> {
  const interrupt = onInterrupt(terminal, 'the next pull goes on from here');
  try {
    const path = await pullTrace(entry.id, {
      signal: interrupt.signal,
      onProgress: (received, total) =>
        terminal.progress.update(received / total, `${received} of ${total} bytes`),
    });
    if (json) terminal.json({ schema: 'lithos/trace-pull@1', id: entry.id, path });
    else {
      terminal.print(path);
      terminal.note(`${entry.licence}; cite ${entry.citation}`);
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.exitCode = EXIT.interrupted;
  } finally {
    terminal.progress.clear();
    interrupt.release();
  }
}
