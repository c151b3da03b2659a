import { isHang } from './hang.ts';

/** What has been opened, to be closed in reverse: also when opening fails half-way. */
export class Cleanup {
  private readonly steps: { readonly run: () => void; readonly host: boolean }[] = [];

  /** A step that calls the driver, which may wait for the device. */
  add(run: () => void): void {
    this.steps.push({ run, host: false });
  }

  /** A step that does not touch the device: it is taken even where that hangs. */
  addHost(run: () => void): void {
    this.steps.push({ run, host: true });
  }

  /**
   * Closes everything, whatever fails on the way; gives the first failure. On a device that hangs only
   * the host's side: the rest would wait for it, and goes with the process.
   */
  run(hung = false): unknown {
    let first: unknown;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      if (hung && !step.host) continue;
      try {
        step.run();
      } catch (error) {
        first ??= error;
      }
    }
    return first;
  }
}

/** Does something with what it opens, and closes that again whatever comes of it. */
export function withCleanup<T>(use: (cleanup: Cleanup) => T): T {
  const cleanup = new Cleanup();
  let result: T;
  try {
    result = use(cleanup);
  } catch (error) {
    cleanup.run(isHang(error));
    throw error;
  }
  const failure = cleanup.run();
  if (failure !== undefined) throw failure;
  return result;
}
