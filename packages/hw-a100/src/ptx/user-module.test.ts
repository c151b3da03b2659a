import { describe, expect, it } from 'vitest';
import { testModule } from './test-modules.ts';
import { userModule } from './user-module.ts';

const number = { kind: 'u32', value: 5 } as const;
const buffer = { kind: 'buffer', name: 'out', bytes: 64 } as const;

describe("a user's PTX module", () => {
  it('plans launches in atoms: the grid and the first block are added, on one dimension', () => {
    const plan = userModule(testModule('shapes'), 'shapes.ptx').plan({
      entry: 'stencil_3d',
      grid: [2, 3, 4],
      block: [4, 2, 2],
      parameters: [buffer, buffer, number, number, number],
    });
    expect(plan).toMatchObject({
      grid: [24, 1, 1],
      splittable: true,
      clusterBlocks: 1,
      sharedBytes: 0,
    });
    expect(plan.parameters.slice(5)).toEqual([
      { kind: 'u32', value: 2 },
      { kind: 'u32', value: 3 },
      { kind: 'u32', value: 4 },
      { kind: 'block-begin' },
    ]);
    expect(plan.module.ptx).toContain('stencil_3d_lithos_first');
  });

  it('launches what must run whole as it was written', () => {
    const whole = userModule(testModule('whole'), 'whole.ptx');
    const plan = whole.plan({
      entry: 'grid_sync',
      grid: [8, 1, 1],
      block: [32, 1, 1],
      parameters: [buffer],
    });
    expect(plan).toMatchObject({ grid: [8, 1, 1], splittable: false, parameters: [buffer] });
    expect(whole.kernels.get('grid_sync')?.kind).toBe('whole');
  });

  it('cuts clusters whole', () => {
    const hopper = userModule(testModule('hopper'), 'hopper.ptx');
    const launch = { entry: 'cluster_pair', block: [32, 1, 1], parameters: [buffer] } as const;
    expect(hopper.plan({ ...launch, grid: [4, 2, 1] }).clusterBlocks).toBe(2);
    expect(() => hopper.plan({ ...launch, grid: [3, 2, 1] })).toThrow(
      'hopper.ptx: a grid of 3x2x1 blocks',
    );
  });

  it('says what is wrong with a module or a launch', () => {
    expect(() => userModule('.entry k() { x', 'mine.ptx')).toThrow(
      /^mine\.ptx: PTX, line 1, column 15: /,
    );
    const shapes = userModule(testModule('shapes'), 'shapes.ptx');
    const launch = { grid: [1, 1, 1], block: [32, 1, 1], parameters: [] } as const;
    expect(() => shapes.plan({ ...launch, entry: 'fill' })).toThrow(
      "shapes.ptx: there is no kernel 'fill'",
    );
    expect(() => shapes.plan({ ...launch, entry: 'fill_1d' })).toThrow(
      "shapes.ptx: kernel 'fill_1d' takes 2 parameters, not 0",
    );
  });
});
