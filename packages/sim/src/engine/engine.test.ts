import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';

/** An engine and a log of `what@when`. */
function logged() {
  const engine = new Engine();
  const log: string[] = [];
  const task = (name: string) => ({
    run: (arg: number): void => {
      log.push(`${name}${arg}@${engine.now()}`);
    },
  });
  return { engine, log, task };
}

describe('Engine', () => {
  it('at one instant lets the device go first, then timers, then the host, each in turn', () => {
    const { engine, log, task } = logged();
    let next = 10;
    engine.drive({
      nextNs: () => next,
      fire: () => {
        log.push(`device@${engine.now()}`);
        next = Number.POSITIVE_INFINITY;
      },
    });
    engine.at(10, task('host'), 1);
    engine.schedule('timer', 10, task('timer'), 1);
    engine.at(10, task('host'), 2);
    engine.schedule('timer', 10, task('timer'), 2);
    engine.at(9, task('host'), 0);
    engine.run(10);
    expect(log).toEqual(['host0@9', 'device@10', 'timer1@10', 'timer2@10', 'host1@10', 'host2@10']);
    expect(engine.events).toBe(6);
  });

  it('lets a timer that is set by the host at the same instant go before other host work', () => {
    const { engine, log, task } = logged();
    engine.at(5, { run: () => engine.schedule('timer', 5, task('timer'), 0) }, 0);
    engine.at(5, task('host'), 1);
    engine.run(5);
    expect(log).toEqual(['timer0@5', 'host1@5']);
  });

  it('runs what is past now, and whole nanoseconds only', () => {
    const { engine, log, task } = logged();
    engine.run(100);
    engine.at(50, task('late'), 0);
    engine.at(Number.NEGATIVE_INFINITY, task('never'), 0);
    engine.at(100.4, task('soon'), 0);
    engine.at(101.5, task('then'), 0);
    engine.run(200);
    expect(log).toEqual(['late0@100', 'never0@100', 'soon0@100', 'then0@102']);
  });

  it('refuses times that are none', () => {
    const { engine, task } = logged();
    expect(() => engine.at(Number.NaN, task('x'), 0)).toThrow(RangeError);
    expect(() => engine.at(Number.POSITIVE_INFINITY, task('x'), 0)).toThrow(RangeError);
  });

  it('handles events up to the time it is told and leaves the clock there', () => {
    const { engine, log, task } = logged();
    engine.at(10, task('a'), 0);
    engine.at(11, task('b'), 0);
    engine.run(10);
    expect([log.length, engine.now()]).toEqual([1, 10]);
    engine.run(5);
    expect(engine.now()).toBe(10);
    engine.run(30);
    expect([log.length, engine.now()]).toEqual([2, 30]);
  });

  it('goes through any events in order of time, first come first served, with its clock', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 300 }), (times) => {
        const engine = new Engine();
        const seen: { i: number; at: number }[] = [];
        const task = { run: (i: number): void => void seen.push({ i, at: engine.now() }) };
        times.forEach((at, i) => {
          engine.at(at, task, i);
        });
        engine.run(100);
        const order = times.map((at, i) => ({ i, at })).sort((a, b) => a.at - b.at || a.i - b.i);
        expect(seen).toEqual(order);
      }),
    );
  });

  it('keeps thousands of events, and arguments apart from each other', () => {
    const { engine, log, task } = logged();
    const one = task('');
    for (let i = 0; i < 3000; i++) engine.at(3000 - i, one, i);
    engine.run(3000);
    expect(log).toEqual(Array.from({ length: 3000 }, (_, i) => `${2999 - i}@${i + 1}`));
  });
});
