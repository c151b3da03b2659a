import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventHeap } from './event-heap.ts';

describe('EventHeap', () => {
  it('has no next event when it is empty', () => {
    const heap = new EventHeap();
    expect(heap.nextNs()).toBe(Number.POSITIVE_INFINITY);
    heap.push(5, 0, 0);
    heap.pop();
    expect(heap.nextNs()).toBe(Number.POSITIVE_INFINITY);
    expect(heap.size).toBe(0);
  });

  it('gives what sorting by time, then key, gives, whatever is pushed in between', () => {
    // Few times, so that there are many ties; `undefined` takes one out.
    const script = fc.array(fc.option(fc.nat(20), { nil: undefined }), { maxLength: 400 });
    fc.assert(
      fc.property(script, fc.boolean(), (steps, descendingKeys) => {
        const heap = new EventHeap();
        const model: { time: number; key: number; slot: number }[] = [];
        steps.forEach((time, slot) => {
          if (time !== undefined) {
            const key = descendingKeys ? 1000 - slot : slot;
            heap.push(time, key, slot);
            model.push({ time, key, slot });
          } else if (model.length > 0) {
            model.sort((a, b) => a.time - b.time || a.key - b.key);
            expect(heap.nextNs()).toBe(model[0]?.time);
            expect(heap.pop()).toBe(model.shift()?.slot);
          }
          expect(heap.size).toBe(model.length);
        });
      }),
    );
  });

  it('grows', () => {
    const heap = new EventHeap();
    const n = 5000;
    for (let i = 0; i < n; i++) heap.push((i * 7919) % n, i, i);
    for (let time = 0; time < n; time++) {
      expect(heap.nextNs()).toBe(time);
      expect((heap.pop() * 7919) % n).toBe(time);
    }
  });
});
