import { expect, it } from 'vitest';
import { NO_FILTER, splitAtoms } from '../data/filter.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { memoryFolder, openRun } from '../data/run-data.ts';
import { sumUp } from '../data/sums.ts';
import { recordOf, TEST_TENANTS, type TestAtom } from '../data/testing.ts';
import { WindowSums } from '../data/window.ts';
import { ColumnCache, plotRun, rasterTracks } from './plot.ts';
import { mix, rgb, tenantColour, theme } from './theme.ts';

const DURATION = 100_000;
const WIDTH = 50;
const HEIGHT = 20;

it('shows in a column of pixels the exact share of what does not match as grey', async () => {
  const list: TestAtom[] = Array.from({ length: 2500 }, (_, i) => ({
    tenant: 0,
    stream: 0,
    start: i * 40,
    end: i * 40 + 10 + (i % 25),
    tpcs: [0],
    stolen: [],
    kernel: (i * i) % 3 === 1 ? 'gemm' : 'conv',
  }));
  const { data } = await openRun(memoryFolder('r', recordOf(list, DURATION)));
  if (data.atoms === undefined) throw new Error('no atoms');
  const filter = { ...NO_FILTER, kernel: 'gemm' };
  const atoms = splitAtoms(data.atoms, filter, undefined);
  const sums = sumUp(atoms, DURATION);
  const run = {
    ...plotRun({ data } as OpenRun),
    atoms,
    sums,
    windows: new WindowSums(atoms, sums),
  };
  const colours = theme(false, TEST_TENANTS);
  const words = new Uint32Array(WIDTH * HEIGHT);
  rasterTracks(
    { words, width: WIDTH, height: HEIGHT },
    {
      runs: [run],
      tracks: [{ kind: 'lane', run: 0, level: 'tpc', tpcs: [0], gpc: 0, y: 0, height: HEIGHT }],
      span: { from: 0, to: DURATION },
      theme: colours,
      hiddenTenants: new Set(),
      filter,
      selection: undefined,
      requestLanes: new Map(),
      marks: [],
    },
    new ColumnCache(),
    { top: 0, height: HEIGHT, ratio: 1 },
  );
  const grey = mix(colours.lane, colours.muted, 0.25);
  const parts = [tenantColour(colours, TEST_TENANTS[0]), grey, colours.lane].map(rgb);
  for (let x = 0; x < WIDTH; x++) {
    const [from, to] = [(x * DURATION) / WIDTH, ((x + 1) * DURATION) / WIDTH];
    const shareOf = (kernel: string): number =>
      list
        .filter((one) => one.kernel === kernel)
        .reduce(
          (sum, { start, end }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)),
          0,
        ) /
      (to - from);
    const [gemm, conv] = [shareOf('gemm'), shareOf('conv')];
    expect(gemm).toBeGreaterThan(0);
    for (const channel of [0, 1, 2] as const) {
      let mean = 0;
      for (let row = 0; row < HEIGHT; row++) {
        mean += (((words[row * WIDTH + x] as number) >> (8 * channel)) & 255) / HEIGHT;
      }
      const expected = [gemm, conv, 1 - gemm - conv].reduce(
        (sum, share, i) => sum + share * (parts[i]?.[channel] as number),
        0,
      );
      expect(Math.abs(mean - expected)).toBeLessThanOrEqual(0.51);
    }
  }
});
