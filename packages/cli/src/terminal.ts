import type { Paint } from '@lithos/experiments';
import type { Environment } from '@lithos/traces/node';
import pc from 'picocolors';
import { ProgressLine } from './progress.ts';

/** Width of lines where no terminal tells, and the widest that is used where one does. */
const PLAIN_WIDTH = 100;
const MAX_WIDTH = 140;

/** Where the command prints: data to stdout, all else to stderr. */
export class Terminal {
  readonly width: number;
  /** Colours of what is printed to stdout. */
  readonly paint: Paint;
  readonly progress: ProgressLine;
  private readonly out: NodeJS.WriteStream;
  private readonly err: NodeJS.WriteStream;
  private readonly errColours: ReturnType<typeof pc.createColors>;

  constructor(out: NodeJS.WriteStream, err: NodeJS.WriteStream, env: Environment) {
    this.out = out;
    this.err = err;
    // Some terminals say that they have no columns.
    this.width = out.isTTY ? Math.min(MAX_WIDTH, out.columns || PLAIN_WIDTH) : PLAIN_WIDTH;
    const colours = pc.createColors(wantsColour(out, env));
    this.errColours = pc.createColors(wantsColour(err, env));
    this.paint = {
      bold: colours.bold,
      dim: colours.dim,
      good: colours.green,
      bad: colours.red,
    };
    this.progress = new ProgressLine(err);
    for (const stream of [out, err]) stream.on('error', ignoreBrokenPipe);
  }

  /** A line, or several, of data. */
  print(text: string): void {
    this.progress.clear();
    this.out.write(`${text}\n`);
  }

  /** One JSON object, as the only data of the command. */
  json<T extends { readonly schema: string }>(value: T): void {
    this.print(JSON.stringify(value, undefined, 2));
  }

  /** A message that is not data. */
  note(text: string): void {
    this.progress.clear();
    this.err.write(`${text}\n`);
  }

  /** What went wrong, and what to do about it. */
  error(message: string, fix?: string): void {
    this.note(`${this.errColours.red('error:')} ${message}`);
    if (fix !== undefined) this.note(`${this.errColours.cyan('fix:')} ${fix}`);
  }
}

/** Colour on a terminal that can show it, unless `NO_COLOR` is set (no-color.org). */
function wantsColour(stream: NodeJS.WriteStream, env: Environment): boolean {
  return stream.isTTY && !env.NO_COLOR && env.TERM !== 'dumb';
}

/** A reader such as `head` that has seen enough is no error. */
function ignoreBrokenPipe(error: Error): void {
  if ('code' in error && error.code === 'EPIPE') return;
  throw error;
}
