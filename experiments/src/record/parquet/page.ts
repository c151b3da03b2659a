import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';

/** The bytes of one page while it is encoded; reused from page to page. */
export class PageBuffer extends ByteWriter {
  /** The buffer's bytes, with room for `size` more after `index`. Valid until the next append. */
  room(size: number): Uint8Array {
    this.ensure(size);
    return new Uint8Array(this.buffer);
  }

  /** Takes bytes written through `room`: all before `end`. */
  advance(end: number): void {
    this.offset += end - this.index;
    this.index = end;
  }

  clear(): void {
    this.index = 0;
    this.offset = 0;
  }
}
