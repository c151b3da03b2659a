/** Wire types of the protobuf encoding. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;

const FIRST_CAPACITY = 1 << 12;

/** Encodes protobuf messages into a buffer that grows as needed and is used again after `clear`. */
export class ProtoWriter {
  length = 0;
  private buffer = new Uint8Array(FIRST_CAPACITY);
  private view = new DataView(this.buffer.buffer);
  private readonly utf8 = new TextEncoder();

  /** What was written since `clear`; valid until the next write. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  /** An unsigned integer of up to 53 bits, or a `bool` as 0 or 1, or a value of an enumeration. */
  uint(field: number, value: number): void {
    this.tag(field, VARINT);
    this.varint(value);
  }

  double(field: number, value: number): void {
    this.tag(field, FIXED64);
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  text(field: number, value: string): void {
    const encoded = this.utf8.encode(value);
    this.tag(field, BYTES);
    this.varint(encoded.length);
    this.append(encoded);
  }

  /** A nested message: the fields that `write` writes. */
  message(field: number, write: () => void): void {
    this.tag(field, BYTES);
    const start = this.length;
    write();
    const size = this.length - start;
    const room = varintSize(size);
    this.reserve(room);
    this.buffer.copyWithin(start + room, start, this.length);
    this.length = start;
    this.varint(size);
    this.length += size;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /**
   * Repeats the bytes since `start`, so that they are there `times` times.
   * @returns the buffer, for what differs between the copies; valid until the next write
   */
  repeat(start: number, times: number): Uint8Array {
    const size = this.length - start;
    const end = start + size * times;
    this.reserve(end - this.length);
    while (this.length < end) {
      const count = Math.min(this.length - start, end - this.length);
      this.buffer.copyWithin(this.length, start, start + count);
      this.length += count;
    }
    return this.buffer;
  }

  private tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  private varint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${value} is not an unsigned integer`);
    }
    this.reserve(8);
    let rest = value;
    // Bit operations see 32 bits only.
    while (rest >= 2 ** 31) {
      this.buffer[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      this.buffer[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * this.buffer.length, this.length + more));
    larger.set(this.bytes());
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Bytes of a varint. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}
