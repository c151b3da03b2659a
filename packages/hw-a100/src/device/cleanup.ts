/** What has been opened, to be closed in reverse: also when opening fails half-way. */
export class Cleanup {
  private readonly steps: (() => void)[] = [];

  add(step: () => void): void {
    this.steps.push(step);
  }

  /** Closes everything, whatever fails on the way; gives the first failure. */
  run(): unknown {
    let first: unknown;
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        step();
      } catch (error) {
        first ??= error;
      }
    }
    return first;
  }
}
