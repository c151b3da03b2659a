import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskHeap } from './task-heap.ts';

describe('the tasks of the host', () => {
  it('run by time, and in the order they came at one time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 600 }), (times) => {
        const heap = new TaskHeap();
        const ran: number[] = [];
        const task = { run: (arg: number) => ran.push(arg) };
        times.forEach((at, i) => {
          heap.push(at, task, i);
        });
        while (heap.length > 0) heap.runNext();
        const expected = times
          .map((at, i) => ({ at, i }))
          .sort((a, b) => a.at - b.at || a.i - b.i)
          .map(({ i }) => i);
        expect(ran).toEqual(expected);
      }),
    );
  });

  it('may add others as they run', () => {
    const heap = new TaskHeap();
    const ran: number[] = [];
    const task = {
      run: (arg: number) => {
        ran.push(arg);
        if (arg < 3) heap.push(10, task, arg + 1);
      },
    };
    heap.push(5, task, 0);
    expect(heap.nextNs).toBe(5);
    while (heap.length > 0) heap.runNext();
    expect(ran).toEqual([0, 1, 2, 3]);
    expect(heap.nextNs).toBe(Number.POSITIVE_INFINITY);
  });
});
