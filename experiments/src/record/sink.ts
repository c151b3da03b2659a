/** A file of a run record, written from front to back. */
export interface SinkFile {
  /**
   * Appends bytes. The caller reuses their memory afterwards, so a sink takes (or copies) them
   * before it returns.
   */
  write(bytes: Uint8Array): void;
  close(): void;
}

/** Where a run record goes: a folder on disk, or memory in a browser. */
export interface FileSink {
  /** Creates a file, or empties the one that is there. */
  open(path: string): SinkFile;
  /** Replaces a small file as a whole: a reader sees the old text or the new one, never a part. */
  replace(path: string, text: string): void;
  /** Removes a file, if there is one. */
  remove(path: string): void;
}

/** Keeps a run record in memory. */
export class MemorySink implements FileSink {
  /** Files by path; complete once closed. */
  readonly files = new Map<string, Uint8Array>();

  open(path: string): SinkFile {
    const parts: Uint8Array[] = [];
    this.files.set(path, new Uint8Array(0));
    return {
      write: (bytes) => {
        parts.push(bytes.slice());
      },
      close: () => {
        this.files.set(path, concatenate(parts));
      },
    };
  }

  replace(path: string, text: string): void {
    this.files.set(path, new TextEncoder().encode(text));
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  /** Reads a file back, as `readRun` wants it. */
  readFile(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.files.get(path));
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
