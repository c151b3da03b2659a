import { Submission } from '../submission.ts';
import { TpcSet } from '../tpc-set.ts';
import { MS, type Ns, US } from '../units.ts';
import {
  type ContractCheck,
  type ContractRig,
  check,
  confines,
  expect,
  smallest,
  throws,
} from './contract-bench.ts';
import { DEVICE_FAULTS } from './contract-faults.ts';
import { PRIORITIES } from './contract-priorities.ts';
import { SEGMENTS } from './contract-segments.ts';

export type { ContractCheck, ContractRig, SpinLaunch } from './contract-bench.ts';

const splits = ({ port }: ContractRig): boolean => port.info.capabilities.atoms !== undefined;

/** What every device port does: run each check on a device of its own. */
export const PORT_CONTRACT: readonly ContractCheck[] = [
  check('describes itself without contradictions', 0, async ({ port }) => {
    const { info } = port;
    const gpcs = info.tpcsPerGpc.reduce((sum, n) => sum + n, 0);
    expect(info.tpcs.size > 0, 'it has no TPCs');
    expect(gpcs === info.tpcs.size, `its GPCs have ${gpcs} TPCs, it has ${info.tpcs.size}`);
    expect(
      info.smsPerTpc >= 1 && info.sm.threads >= 1 && info.sm.blocks >= 1,
      'its SMs hold nothing',
    );
    expect(info.capabilities.priorityLevels >= 1, 'it has no priority level');
    expect(info.capabilities.domains.length > 0, 'it offers no sharing domain');
    const settable = info.clocks.settableSmMhz;
    expect(
      settable.every((mhz) => mhz <= info.clocks.maxSmMhz),
      'it offers a clock above its greatest',
    );
  }),
  check('has a time line that begins at 0 and does not run back', 0, async ({ port, rig }) => {
    expect(port.now() === 0, `it begins at ${port.now()}`);
    await rig.advance(2 * MS);
    const now = port.now();
    expect(now >= 2 * MS, `it is ${now} ns after 2 ms`);
    expect(port.now() >= now, 'it ran back');
  }),
  check('completes a submission once, with its times', 1, async (bench) => {
    bench.submit(0, bench.rig.launchable(64, 20 * US));
    expect(bench.witness.completed.length === 0, 'it was complete at once');
    await bench.allCompleted();
    const { startNs, endNs } = bench.witness.completed[0] as { startNs: Ns; endNs: Ns };
    expect(endNs > startNs, 'it took no time');
  }),
  check(
    'keeps the order of a stream, whatever TPCs and priorities follow each other',
    1,
    async (bench) => {
      const { info } = bench.port;
      const sets = [info.tpcs, ...bench.halves()];
      const levels = info.capabilities.priorityLevels;
      for (let i = 0; i < 40; i++) {
        const tpcs = sets[i % sets.length] as TpcSet;
        bench.submit(0, bench.rig.launchable(8, (i % 3) * 10 * US), { tpcs, priority: i % levels });
      }
      await bench.allCompleted();
      bench.witness.completed.forEach(({ id, startNs }, i, all) => {
        expect(id === i, `submission ${id} ended in place ${i}`);
        const before = all[i - 1]?.endNs ?? 0;
        // Clocks of two sides were compared: a microsecond is within what they may differ by.
        expect(
          startNs >= before - 2 * US,
          `submission ${id} began at ${startNs}, before ${before}`,
        );
      });
    },
  ),
  check('takes more submissions than any queue of a driver holds', 1, async (bench) => {
    for (let i = 0; i < 3000; i++) bench.submit(0, bench.rig.launchable(1, 0));
    await bench.allCompleted();
  }),
  check(
    'runs streams on TPC sets of their own at the same time',
    2,
    async (bench) => {
      const halves = bench.halves() as readonly [TpcSet, TpcSet];
      // The first use of a TPC set may take what it takes.
      bench.submit(0, bench.rig.launchable(1, 0), { tpcs: halves[0] });
      bench.submit(1, bench.rig.launchable(1, 0), { tpcs: halves[1] });
      await bench.allCompleted();
      bench.submit(0, bench.rig.launchable(1, 50 * MS), { tpcs: halves[0] });
      bench.submit(1, bench.rig.launchable(1, 50 * MS), { tpcs: halves[1] });
      await bench.allCompleted();
      const long = bench.witness.completed.slice(2);
      const end = Math.min(...long.map((c) => c.endNs));
      const start = Math.max(...long.map((c) => c.startNs));
      expect(start < end, 'the second began when the first had ended');
    },
    confines,
  ),
  check(
    'runs a launch in atoms, if it says that it can',
    1,
    async (bench) => {
      await bench.rig.advance(MS);
      const work = bench.rig.launchable(96, MS);
      bench.submit(0, work, { blockBegin: 0, blockEnd: 32, last: false });
      bench.submit(0, work, { blockBegin: 32, blockEnd: 80, atom: 1, last: false });
      bench.submit(0, work, { blockBegin: 80, blockEnd: 96, atom: 2 });
      await bench.allCompleted();
      const { completed } = bench.witness;
      expect(completed.map((c) => c.id).join() === '0,1,2', 'atoms out of order');
      completed.forEach(({ id, startNs, endNs }, i, all) => {
        const before = all[i - 1]?.endNs ?? 0;
        expect(startNs >= before - 50 * US, `atom ${id} began at ${startNs}, before ${before}`);
        expect(
          endNs - startNs >= 0.9 * MS,
          `atom ${id} ran none of its blocks: ${endNs - startNs} ns`,
        );
      });
    },
    splits,
  ),
  check(
    'runs an atom in the time of its own blocks',
    1,
    async (bench) => {
      // On the fewest TPCs, a launch of several times what they hold takes as many turns.
      const { set: tpcs, held } = smallest(bench.port.info);
      await bench.rig.advance(MS);
      const work = bench.rig.launchable(4 * held, MS);
      bench.submit(0, work, { tpcs });
      bench.submit(0, work, { tpcs, blockBegin: held, blockEnd: 2 * held, last: false });
      await bench.allCompleted();
      const [whole, atom] = bench.witness.completed.map((c) => c.endNs - c.startNs);
      expect(
        (atom ?? 0) < 0.6 * (whole ?? 0),
        `a quarter took ${atom} ns, and the whole ${whole} ns`,
      );
    },
    splits,
  ),
  check(
    'confines a launch to each of its smallest TPC sets',
    1,
    async (bench) => {
      const { tpcs } = bench.port.info;
      const { set: first, held } = smallest(bench.port.info);
      const groups = Math.floor(tpcs.size / first.size);
      // Twice as many blocks as it holds take two turns there, and one on any more TPCs.
      await bench.rig.advance(MS);
      const work = bench.rig.launchable(2 * held, MS);
      for (let group = 0; group < groups; group++) {
        const set = TpcSet.range(group * first.size, (group + 1) * first.size);
        bench.submit(0, work, { tpcs: set });
      }
      bench.submit(0, work);
      await bench.allCompleted();
      const times = bench.witness.completed.map((c) => c.endNs - c.startNs);
      const free = times.pop() ?? 0;
      times.forEach((ns, group) => {
        expect(ns >= 1.9 * MS, `on group ${group} it took ${ns} ns: it ran elsewhere too`);
      });
      expect(free < 1.9 * MS, `on all TPCs it took ${free} ns`);
    },
    confines,
  ),
  check('fires timers in order, none early, and one that is past at once', 1, async (bench) => {
    await bench.rig.advance(MS);
    bench.setTimer(4 * MS, 4);
    bench.setTimer(2 * MS, 2);
    bench.setTimer(0, 1);
    bench.setTimer(3 * MS, 3);
    await bench.until(() => bench.witness.timers.length === 4, 'the last timer');
    const { timers } = bench.witness;
    expect(
      timers.map((t) => t.timer).join() === '1,2,3,4',
      `they fired as ${timers.map((t) => t.timer)}`,
    );
    expect(
      timers.every(({ timer, at }) => timer === 1 || at >= timer * MS),
      'a timer fired early',
    );
  }),
  check('changes its clock to those it offers, and to no others', 1, async (bench) => {
    const { settableSmMhz, maxSmMhz } = bench.port.info.clocks;
    const lowest = settableSmMhz[0];
    if (lowest !== undefined) {
      bench.witness.inside = true;
      bench.port.setSmClock(lowest);
      bench.witness.inside = false;
      await bench.until(() => bench.witness.clocks.length > 0, 'clockChanged');
      expect(bench.witness.clocks.join() === `${lowest}`, `it reported ${bench.witness.clocks}`);
    }
    throws(() => bench.port.setSmClock(maxSmMhz + 12_345), 'a clock that it does not offer');
  }),
  check('refuses what makes no sense', 1, async (bench) => {
    const { rig, port, witness } = bench;
    const work = rig.launchable(1, 0);
    throws(() => port.attach(witness), 'a second listener');
    throws(() => port.openStream(7, 99), 'a stream of a tenant that was not opened');
    const stray = Object.assign(new Submission(), {
      stream: 55,
      work,
      blockEnd: 1,
      tpcs: port.info.tpcs,
    });
    throws(() => port.submit(stray), 'a submission to a stream that was not opened');
    bench.submit(0, work);
    await bench.allCompleted();
  }),
  PRIORITIES,
  SEGMENTS,
  DEVICE_FAULTS,
];
