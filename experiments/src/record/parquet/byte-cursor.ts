/** A place in bytes that numbers are read from. */
export class ByteCursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Error('a page ends early');
    this.at += 1;
    return value;
  }

  uint32(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }

  /** An unsigned integer of seven bits a byte; exact up to 2^53. */
  varInt(): number {
    let value = 0;
    for (let unit = 1; unit < 2 ** 63; unit *= 128) {
      const byte = this.byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw new Error('an integer without end');
  }

  /** A signed integer, zigzag. */
  zigZag(): number {
    const value = this.varInt();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}
