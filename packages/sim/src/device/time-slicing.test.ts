import { describe, expect, it } from 'vitest';
import { a100_40gb } from '../devices/a100-40gb.ts';
import { always, kernelOf } from '../testing/kernels.ts';
import { Rig, spans } from '../testing/rig.ts';

/** An A100 with a round number for the switch. */
const device = {
  ...a100_40gb,
  contexts: { ...a100_40gb.contexts, switchNs: { value: 100_000, source: 'for tests' } },
};
// All times by hand from a slice of 1,024 us, a switch of 100 us and a launch gap of 1 us.
const GAP = 1000;
const MS = 1_000_000;
const context = { kind: 'context' } as const;

/** A kernel that takes `ns` on its own. */
const work = (ns: number) => kernelOf(device, { blocks: 5000, ns: always(ns) }, GAP);

/** Two tenants with a context each. */
function twoContexts() {
  const rig = new Rig(device);
  return { rig, a: rig.stream(context), b: rig.stream(context) };
}

describe('time slicing two tenants', () => {
  it('has the slice of an A100, and a switch as measured with synchronising tenants', () => {
    expect(a100_40gb.contexts.sliceNs.value).toBe(1_024_000);
    expect(a100_40gb.contexts.switchNs.value).toBe(148_000);
  });

  it('runs the first for a slice, then the second to its end, then the first again', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(3 * MS));
    rig.submit(b, work(MS / 2));
    expect(spans(rig.run(10 * MS))).toEqual([
      // Ran 1,023 us of the first slice; B is done at 1,624; loaded again at 1,724 us.
      [GAP, 1_724_000 + (3 * MS - 1_023_000)],
      // Loaded at 1,024 + 100 us; its gap is over by then.
      [1_124_000, 1_624_000],
    ]);
  });

  it('takes turns while both have work', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(2 * MS));
    rig.submit(b, work(2 * MS));
    expect(spans(rig.run(10 * MS))).toEqual([
      // A: 1 to 1,024 us, and from 2,248 us the 977 us that are left.
      [GAP, 3_225_000],
      // B: 1,124 to 2,148 us, and from 3,325 us the 976 us that are left.
      [1_124_000, 4_301_000],
    ]);
  });

  it('lets a tenant alone keep the device, and one that comes wait for the end of the slice', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(5 * MS));
    // In the middle of A's second slice, which ends at 2,048 us.
    rig.at(1_500_000, () => rig.submit(b, work(200_000)));
    expect(spans(rig.run(10 * MS))).toEqual([
      // Switched out from 2,048 to 2,448 us.
      [GAP, GAP + 5 * MS + 400_000],
      [2_148_000, 2_348_000],
    ]);
  });

  it('loads another context at once when the device is idle, which takes a switch', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(100_000));
    rig.at(500_000, () => rig.submit(b, work(100_000)));
    // B's context is loaded by now: no switch.
    rig.at(800_000, () => rig.submit(b, work(100_000)));
    rig.at(950_000, () => rig.submit(a, work(100_000)));
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, 101_000],
      [600_000, 700_000],
      [801_000, 901_000],
      [1_050_000, 1_150_000],
    ]);
  });

  it('leaves a context as soon as it has no work', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(200_000));
    rig.submit(b, work(300_000));
    // Comes while B is being loaded, and waits for its turn.
    rig.at(250_000, () => rig.submit(a, work(50_000)));
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, 201_000],
      [301_000, 601_000],
      [701_000, 751_000],
    ]);
  });

  it('lets a kernel that ends with the slice end', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(1_024_000 - GAP));
    rig.submit(b, work(2 * MS));
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, 1_024_000],
      [1_124_000, 3_124_000],
    ]);
  });

  it('does not begin a kernel whose launch gap outlasts the slice', () => {
    const { rig, a, b } = twoContexts();
    rig.submit(a, work(1_022_500));
    rig.submit(a, work(100_000));
    rig.submit(b, work(300_000));
    expect(spans(rig.run(10 * MS))).toEqual([
      [GAP, 1_023_500],
      // In its gap at the end of the slice; runs when A is loaded again.
      [1_524_000, 1_624_000],
      [1_124_000, 1_424_000],
    ]);
  });
});

describe('time slicing three tenants', () => {
  it('goes round, and passes over who has no work', () => {
    const rig = new Rig(device);
    const [a, b, c] = [rig.stream(context), rig.stream(context), rig.stream(context)];
    rig.submit(a, work(2 * MS));
    rig.submit(c, work(100_000));
    rig.at(1_050_000, () => rig.submit(b, work(100_000)));
    expect(spans(rig.run(10 * MS))).toEqual([
      // 1 to 1,024 us; after C, A's turn comes before B's: 1,324 to 2,301 us.
      [GAP, 2_301_000],
      [1_124_000, 1_224_000],
      [2_401_000, 2_501_000],
    ]);
  });
});
