/**
 * An expected failure that a user can mend: a bad file, an unknown name, a missing driver.
 * `message` says what is wrong and where, `fix` what to do about it. Programming errors are plain
 * `Error`s and are not caught.
 */
export class LithosError extends Error {
  override readonly name = 'LithosError';
  /** Stable, for scripts: `E_SCENARIO_KEY`, `E_TRACE_ROW`, … */
  readonly code: string;
  readonly fix: string | undefined;
  /** What `lithos` exits with: 2 for bad usage or input, 1 for a run that failed. */
  readonly exitCode: 1 | 2;

  constructor(code: string, message: string, fix?: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.exitCode = exitCode;
  }
}

/** A policy took a decision that the device or the rules of CUDA streams do not allow. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';

  constructor(policy: string, message: string) {
    super(`policy '${policy}': ${message}`);
  }
}
