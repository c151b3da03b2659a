/**
 * Future-event list: a 4-ary heap held in typed arrays, ordered by time, then by order key.
 * The key combines an event's priority class with its sequence number, so that simultaneous events
 * come out by class and then first in, first out. Slots are the caller's payload.
 */
export class EventHeap {
  size = 0;
  private times = new Float64Array(1024);
  private keys = new Float64Array(1024);
  private slots = new Int32Array(1024);

  /** Time of the earliest event, `Infinity` if there is none. */
  nextNs(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : (this.times[0] as number);
  }

  push(time: number, key: number, slot: number): void {
    if (this.size === this.times.length) this.grow();
    const { times, keys, slots } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = times[parent] as number;
      if (parentTime < time || (parentTime === time && (keys[parent] as number) < key)) break;
      times[hole] = parentTime;
      keys[hole] = keys[parent] as number;
      slots[hole] = slots[parent] as number;
      hole = parent;
    }
    times[hole] = time;
    keys[hole] = key;
    slots[hole] = slot;
  }

  /** Removes the earliest event and returns its slot; the heap must not be empty. */
  pop(): number {
    const { times, keys, slots } = this;
    const top = slots[0] as number;
    const n = --this.size;
    const time = times[n] as number;
    const key = keys[n] as number;
    const slot = slots[n] as number;
    let hole = 0;
    for (let child = 1; child < n; child = 4 * hole + 1) {
      let least = child;
      let leastTime = times[child] as number;
      let leastKey = keys[child] as number;
      const end = Math.min(child + 4, n);
      for (let c = child + 1; c < end; c++) {
        const t = times[c] as number;
        if (t < leastTime || (t === leastTime && (keys[c] as number) < leastKey)) {
          least = c;
          leastTime = t;
          leastKey = keys[c] as number;
        }
      }
      if (time < leastTime || (time === leastTime && key < leastKey)) break;
      times[hole] = leastTime;
      keys[hole] = leastKey;
      slots[hole] = slots[least] as number;
      hole = least;
    }
    if (n > 0) {
      times[hole] = time;
      keys[hole] = key;
      slots[hole] = slot;
    }
    return top;
  }

  private grow(): void {
    const grown = <T extends Float64Array | Int32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const n = this.times.length * 2;
    this.times = grown(this.times, new Float64Array(n));
    this.keys = grown(this.keys, new Float64Array(n));
    this.slots = grown(this.slots, new Int32Array(n));
  }
}
