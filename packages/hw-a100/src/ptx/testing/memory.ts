import type { Type, Value } from './values.ts';

/** Bytes with typed access; addresses count from `base`. */
export class Memory {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly base: number;

  constructor(size: number, base = 0) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.base = base;
  }

  load(address: number, type: Type): Value {
    const at = this.place(address, type);
    if (type.bits === 8) return this.view.getUint8(at);
    if (type.bits === 16) return this.view.getUint16(at, true);
    return type.bits === 32 ? this.view.getUint32(at, true) : this.view.getBigUint64(at, true);
  }

  store(address: number, type: Type, value: Value): void {
    const at = this.place(address, type);
    if (type.bits === 8) this.view.setUint8(at, Number(value));
    else if (type.bits === 16) this.view.setUint16(at, Number(value), true);
    else if (type.bits === 32) this.view.setUint32(at, Number(value), true);
    else this.view.setBigUint64(at, BigInt(value), true);
  }

  private place(address: number, type: Type): number {
    const at = address - this.base;
    const size = type.bits / 8;
    if (at < 0 || at + size > this.bytes.length) throw new Error(`address ${address} is outside`);
    if (at % size !== 0) throw new Error(`address ${address} is not aligned to ${size}`);
    return at;
  }
}
