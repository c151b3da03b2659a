import koffi from 'koffi';
import type { Cuda, Handle } from '../driver/cuda.ts';
import { RECORD } from '../kernels/record.ts';
import type { Cleanup } from './cleanup.ts';

/** Completion records, and a view of what the device has written into them: see kernels/record.ts. */
export class Records {
  /** Device address of each record, made once. */
  readonly addresses: readonly Handle[];
  /** Launches that were given each record. */
  private readonly given: Uint32Array;
  private readonly view: DataView;
  private next = 0;
  private readonly free: number[] = [];

  constructor(cuda: Cuda, count: number, cleanup: Cleanup) {
    const pointer = cuda.allocMapped(count * RECORD.host.bytes);
    cleanup.add(() => cuda.freeMapped(pointer));
    const device = cuda.alloc(count * RECORD.device.bytes);
    cleanup.add(() => cuda.free(device));
    this.view = new DataView(koffi.view(pointer, count * RECORD.host.bytes));
    const mapped = cuda.mappedAddress(pointer);
    const initial = new DataView(new ArrayBuffer(count * RECORD.device.bytes));
    for (let i = 0; i < count; i++) {
      const host = mapped + BigInt(i * RECORD.host.bytes);
      initial.setBigUint64(i * RECORD.device.bytes + RECORD.device.host, host, true);
    }
    cuda.upload(device, new Uint8Array(initial.buffer));
    this.addresses = Array.from(
      { length: count },
      (_, i) => device + BigInt(i * RECORD.device.bytes),
    );
    this.given = new Uint32Array(count);
  }

  /** A record that nobody uses. */
  take(): number {
    const record = this.free.pop() ?? this.next++;
    if (record >= this.addresses.length) throw new Error('no completion record is left');
    return record;
  }

  giveBack(record: number): void {
    this.free.push(record);
  }

  /** Counts a launch with this record; the number that the device writes when it is done. */
  launched(record: number): number {
    const number = ((this.given[record] as number) + 1) >>> 0;
    this.given[record] = number;
    return number;
  }

  /** True if the launch of this number, or a later one, is done. */
  done(record: number, launch: number): boolean {
    const done = this.view.getUint32(record * RECORD.host.bytes + RECORD.host.done, true);
    return ((done - launch) | 0) >= 0;
  }

  /** Device time of the start, as ns after `base` in two words. */
  start(record: number, baseHigh: number, baseLow: number): number {
    return this.time(record * RECORD.host.bytes + RECORD.host.start, baseHigh, baseLow);
  }

  end(record: number, baseHigh: number, baseLow: number): number {
    return this.time(record * RECORD.host.bytes + RECORD.host.end, baseHigh, baseLow);
  }

  private time(at: number, baseHigh: number, baseLow: number): number {
    const low = this.view.getUint32(at, true);
    const high = this.view.getUint32(at + 4, true);
    return (high - baseHigh) * 2 ** 32 + (low - baseLow);
  }
}
