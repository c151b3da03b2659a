import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Launchable } from './kernel.ts';
import { LaunchQueue } from './launch-queue.ts';
import { Submission } from './submission.ts';
import { launchable, TokenLog } from './testing/fixtures.ts';

const works = Array.from({ length: 3 }, (_, i) => launchable(1, {}, i));
const empty = (): LaunchQueue => new LaunchQueue(0, 0, new TokenLog());

/** How many to push and then to take, again and again: makes rings wrap and grow. */
const bursts = fc.array(fc.tuple(fc.nat(200), fc.nat(200)), { maxLength: 12 });

describe('LaunchQueue', () => {
  it('is first in, first out, whatever is pushed and taken', () => {
    fc.assert(
      fc.property(bursts, (script) => {
        const queue = empty();
        const model: { work: Launchable; launch: number }[] = [];
        let launch = 0;
        for (const [pushes, takes] of script) {
          for (let i = 0; i < pushes; i++, launch++) {
            const work = works[launch % works.length] as Launchable;
            queue.push(work, launch / 8, launch + 1, launch + 2, launch);
            model.push({ work, launch });
          }
          for (let i = 0; i < takes && model.length > 0; i++) {
            const head = model.shift();
            expect(queue.headWork()).toBe(head?.work);
            expect(queue.headLaunch).toBe(head?.launch);
            expect(queue.headScale()).toBe((head?.launch ?? 0) / 8);
            expect(queue.headRequest()).toBe((head?.launch ?? 0) + 1);
            expect(queue.headToken()).toBe((head?.launch ?? 0) + 2);
            queue.shift();
          }
          expect(queue.length).toBe(model.length);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('forgets how far the head had got when the head is done', () => {
    const queue = empty();
    queue.push(works[0] as Launchable, 1, 0, 0, 0);
    queue.push(works[1] as Launchable, 1, 0, 0, 1);
    queue.headBlock = 5;
    queue.headAtoms = 2;
    queue.shift();
    expect([queue.headBlock, queue.headAtoms, queue.headLaunch]).toEqual([0, 0, 1]);
  });

  it('has no head when it is empty', () => {
    const queue = empty();
    expect(() => queue.headWork()).toThrow('empty launch queue');
    queue.push(works[0] as Launchable, 1, 0, 0, 0);
    queue.shift();
    expect(() => queue.headWork()).toThrow('empty launch queue');
  });

  it('keeps what is in flight in order', () => {
    fc.assert(
      fc.property(bursts, (script) => {
        const queue = empty();
        const model: Submission[] = [];
        for (const [pushes, takes] of script) {
          for (let i = 0; i < pushes; i++) {
            const submission = new Submission();
            queue.pushInFlight(submission);
            model.push(submission);
          }
          for (let i = 0; i < takes && model.length > 0; i++) {
            if (queue.oldestInFlight() !== model.shift()) return false;
            queue.shiftInFlight();
          }
          if (queue.outstanding !== model.length) return false;
          if (queue.oldestInFlight() !== model[0]) return false;
        }
        return true;
      }),
      { numRuns: 50 },
    );
  });
});
