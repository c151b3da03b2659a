import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_FILTER } from '../data/filter.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { memoryFolder, openRun } from '../data/run-data.ts';
import { recordOf, TEST_TENANTS, type TestAtom } from '../data/testing.ts';
import { copyLane, rasterLane } from './lane-raster.ts';
import { ColumnCache, plotRun, rasterTracks } from './plot.ts';
import { rgb, tenantColour, theme } from './theme.ts';

const IDLE = '#102030';
const COLOURS = ['#ff0000', '#00ff00', '#0000ff'];

/** Mean colour of a column of pixels. */
function meanColour(
  words: Uint32Array,
  width: number,
  { x, y, height }: { x: number; y: number; height: number },
): readonly [number, number, number] {
  const sum: [number, number, number] = [0, 0, 0];
  for (let row = 0; row < height; row++) {
    const word = words[(y + row) * width + x] as number;
    sum[0] += word & 255;
    sum[1] += (word >> 8) & 255;
    sum[2] += (word >> 16) & 255;
  }
  return [sum[0] / height, sum[1] / height, sum[2] / height];
}

describe('rasterLane', () => {
  it('mixes each column of pixels in exactly the shares that it is given', () => {
    const shares = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(1000)).map((parts) => {
      const sum = parts.reduce((a, b) => a + b, 0) || 1;
      return parts.slice(0, 3).map((part) => part / sum);
    });
    fc.assert(
      fc.property(
        fc.array(shares, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 40 }),
        (list, height) => {
          const width = list.length + 3;
          const words = new Uint32Array(width * (height + 4));
          const colours = { series: COLOURS, striped: [false, false, false], idle: IDLE };
          const pixels = { words, width, height: height + 4 };
          rasterLane(
            pixels,
            { x: 2, y: 3, height },
            Float64Array.from(list.flat()),
            list.length,
            colours,
          );
          list.forEach((column, i) => {
            const idle = 1 - column.reduce((a, b) => a + b, 0);
            const mean = meanColour(words, width, { x: 2 + i, y: 3, height });
            mean.forEach((value, channel) => {
              const expected =
                column.reduce(
                  (sum, share, s) => sum + share * (rgb(COLOURS[s] as string)[channel] as number),
                  0,
                ) +
                idle * (rgb(IDLE)[channel] as number);
              // Each pixel is rounded once.
              expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.51);
            });
          });
          expect(words[0]).toBe(0);
          copyLane(pixels, { x: 2, y: 3, height: 1 }, 0, list.length);
          expect(words[2]).toBe(words[3 * width + 2]);
        },
      ),
    );
  });
});

describe('rasterTracks', () => {
  it('shows in every pixel column the share of busy time that the record has', async () => {
    const atoms: TestAtom[] = Array.from({ length: 3000 }, (_, i) => ({
      tenant: i % 2,
      stream: i % 2,
      start: i * 40 + ((i * 7919) % 13),
      end: i * 40 + 14 + ((i * 104_729) % 20),
      tpcs: i % 3 === 0 ? [0, 1, 2] : [1, 8 + (i % 2)],
      stolen: [],
    }));
    const { data } = await openRun(memoryFolder('r', recordOf(atoms, 120_100)));
    const open = { data } as OpenRun;
    const shown = theme(false, TEST_TENANTS);
    const WIDTH = 97;
    const HEIGHT = 10;
    for (const [from, to] of [
      [0, 120_100],
      [4000, 47_650],
      [50_001, 50_971],
    ] as const) {
      const tracks = [0, 1, 8].map((tpc, i) => ({
        kind: 'lane' as const,
        run: 0,
        level: 'tpc' as const,
        tpcs: [tpc],
        gpc: 0,
        y: i * HEIGHT,
        height: HEIGHT,
      }));
      const words = new Uint32Array(WIDTH * HEIGHT * 3);
      rasterTracks(
        { words, width: WIDTH, height: HEIGHT * 3 },
        {
          runs: [plotRun(open)],
          tracks,
          span: { from, to },
          theme: shown,
          hiddenTenants: new Set(),
          filter: NO_FILTER,
          selection: undefined,
          requestLanes: new Map(),
          marks: [],
        },
        new ColumnCache(),
        { top: 0, height: HEIGHT * 3, ratio: 1 },
      );
      for (let x = 0; x < WIDTH; x++) {
        const left = Math.round(from + ((to - from) * x) / WIDTH);
        const right = Math.round(from + ((to - from) * (x + 1)) / WIDTH);
        [0, 1, 8].forEach((tpc, lane) => {
          const share = [0, 1].map((tenant) => {
            const time = atoms
              .filter((one) => one.tenant === tenant && one.tpcs.includes(tpc))
              .reduce(
                (sum, one) =>
                  sum + Math.max(0, Math.min(right, one.end) - Math.max(left, one.start)),
                0,
              );
            return time / (right - left);
          });
          const idle = 1 - (share[0] as number) - (share[1] as number);
          const mean = meanColour(words, WIDTH, { x, y: lane * HEIGHT, height: HEIGHT });
          mean.forEach((value, channel) => {
            const colour = (text: string): number => rgb(text)[channel] as number;
            const expected =
              (share[0] as number) * colour(tenantColour(shown, TEST_TENANTS[0])) +
              (share[1] as number) * colour(tenantColour(shown, TEST_TENANTS[1])) +
              idle * colour(shown.lane);
            expect(Math.abs(value - expected)).toBeLessThanOrEqual(0.51);
          });
        });
      }
    }
  });
});
