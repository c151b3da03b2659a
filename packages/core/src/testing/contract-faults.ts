import { MS, SECOND } from '../units.ts';
import { check, expect, throws } from './contract-bench.ts';

/** Work that the device has when it fails: more than it does until then. */
const SUBMISSIONS = 40;
const EACH_NS = 100 * MS;
/** How long it is watched after that, ns: long enough to look again at what failed. */
const AFTER_NS = 0.3 * SECOND;

export const DEVICE_FAULTS = check(
  'reports that it has failed once, and takes nothing more',
  2,
  async (bench) => {
    const { rig, port, witness } = bench;
    const work = rig.launchable(8, EACH_NS);
    for (let i = 0; i < SUBMISSIONS; i++) bench.submit(i % 2, work);
    await rig.advance(port.now() + MS);
    witness.faulty = true;
    rig.breakDown?.();
    await bench.until(() => witness.faults.length > 0, 'the report of the fault');
    const ended = witness.completed.length;
    expect(ended < SUBMISSIONS, 'it had done everything before it failed');
    for (const stream of [0, 1, 0]) {
      throws(() => bench.submit(stream, work), 'a submission after it had failed');
    }
    await rig.advance(port.now() + AFTER_NS);
    expect(witness.faults.length === 1, `it reported ${witness.faults.length} faults`);
    expect(witness.completed.length === ended, 'it completed something after it had failed');
  },
  ({ breakDown }) => breakDown !== undefined,
);
