import { waits } from '@lithos/core';
import { describe, expect, it } from 'vitest';
import { describePtx } from './describe.ts';
import { TEST_MODULES, testModule } from './test-modules.ts';
import { userModule } from './user-module.ts';

const HEAD = '.version 8.0\n.target sm_80\n.address_size 64\n';
const one = (text: string) => {
  const [kernel] = describePtx(`${HEAD}${text}`, 'mine.ptx');
  if (kernel === undefined) throw new Error('no kernel');
  return kernel;
};

describe('the description of a PTX module', () => {
  it('lists kernels with the types of their parameters', () => {
    const kernels = describePtx(testModule('shapes'), 'shapes.ptx');
    const stencil = kernels.find(({ name }) => name === 'stencil_3d');
    expect(stencil?.parameters.map(({ type }) => type)).toEqual([
      '.u64',
      '.u64',
      '.u32',
      '.u32',
      '.u32',
    ]);
    expect(stencil).toMatchObject({
      splitting: { kind: 'splittable' },
      staticSharedBytes: 0,
      cooperative: false,
    });
  });

  it.each(TEST_MODULES)('agrees with what is launched from %s', (name) => {
    const kernels = describePtx(testModule(name), name);
    const module = userModule(testModule(name), name);
    expect(kernels.map((kernel) => kernel.name).sort()).toEqual([...module.kernels.keys()].sort());
    for (const kernel of kernels) {
      expect(kernel.splitting).toEqual(module.kernels.get(kernel.name));
    }
  });

  it('knows pointers with attributes, structures, and kernels of no parameters', () => {
    const kernel = one(
      '.entry k(.param .u64 .ptr .global .align 4 a, .param .align 8 .b8 b[24], .param .f64 c) { ret; }',
    );
    expect(kernel.parameters).toEqual([
      { name: 'a', type: '.u64' },
      { name: 'b', type: '.b8[24]' },
      { name: 'c', type: '.f64' },
    ]);
    expect(one('.entry k { ret; }').parameters).toEqual([]);
  });

  it('adds up shared memory: its own, that of what it calls, and what it uses of the module', () => {
    const kernel = one(`.extern .shared .align 16 .b8 dynamic[];
.shared .align 8 .f64 used[4][2];
.shared .b32 unused[1000];
.func f() { .shared .align 4 .b8 inner[12]; ret; }
.entry k() {
  .reg .b32 %r<2>;
  .shared .align 4 .u32 own;
  { .shared .u16 nested[3]; }
  mov.u32 %r1, used;
  ld.shared.u32 %r1, [dynamic];
  call f;
  ret;
}`);
    expect(kernel.staticSharedBytes).toBe(64 + 12 + 4 + 6);
  });

  it('knows the blocks that a kernel allows', () => {
    expect(one('.entry k() .maxntid 128, 2, 1 { ret; }').maxThreads).toBe(256);
    expect(one('.entry k() .reqntid 64 { ret; }').requiredBlock).toEqual([64, 1, 1]);
  });

  it('reads integers as PTX writes them', () => {
    const shared = (declarations: string): number =>
      one(`.entry k() { ${declarations} ret; }`).staticSharedBytes;
    expect(shared('.shared .b8 buf[0x400];')).toBe(1024);
    expect(shared('.shared .b8 buf[02000U][0b10];')).toBe(2048);
    expect(shared('.shared .align 16 .v4 .f32 v[4]; .shared .f16x2 h; .shared .b128 q;')).toBe(84);
    expect(one('.entry k() .maxntid 128U { ret; }').maxThreads).toBe(128);
    expect(one('.entry k() .reqntid 0x40, 02, 1U { ret; }').requiredBlock).toEqual([64, 2, 1]);
    expect(one('.entry k(.param .align 8 .b8 s[0x18]) { ret; }').parameters).toEqual([
      { name: 's', type: '.b8[24]' },
    ]);
    const clusters = one('.entry k() .explicitcluster .reqnctapercluster 0x4 { ret; }');
    expect(clusters.splitting).toEqual({ kind: 'cluster-multiple', clusterBlocks: 4 });
  });

  it.each(['1.5', '08', '1e2'])('refuses %s where an integer belongs', (number) => {
    const what = `mine.ptx: PTX, line 4, column 21: '${number}' is not an integer`;
    expect(() => one(`.entry k() .maxntid ${number} { ret; }`)).toThrow(what);
  });

  it('adds up variables that one directive declares', () => {
    expect(one('.entry k() { .shared .f32 a[4], b[8], c; ret; }').staticSharedBytes).toBe(52);
    const module = '.shared .b8 a[4], b[8], c[16];';
    expect(
      one(`${module} .entry k() { mov.u32 %r1, b; mov.u32 %r1, c; ret; }`).staticSharedBytes,
    ).toBe(24);
  });

  it('tells apart variables of one name in several scopes', () => {
    const kernel = one(`.shared .b8 a[1000];
.func f() { .shared .b8 a[4]; st.shared.u8 [a], 1; ret; }
.func g() { { .shared .b8 a[8]; } { .shared .b8 a[16]; { st.shared.u8 [a], 1; } } ret; }
.entry k() { .shared .b8 a[64]; call f; call g; ret; }`);
    expect(kernel.staticSharedBytes).toBe(4 + 8 + 16 + 64);
    const [, other] = describePtx(
      `.shared .b8 a[1000];
.entry k() { ret; }
.entry l() { { .shared .b8 a[32]; } st.shared.u8 [a], 1; ret; }`,
      'mine.ptx',
    );
    expect(other?.staticSharedBytes).toBe(1000 + 32);
  });

  it('ends for a table of branches that lists itself', () => {
    const text = '.entry k() { $T: .branchtargets $T, $A; brx.idx %r1, $T; $A: ret; }';
    expect(one(text).splitting).toEqual({ kind: 'splittable' });
  });

  it('knows which kernels synchronise their grid, and which wait for others of their blocks', () => {
    const kernels = describePtx(testModule('whole'), 'whole.ptx');
    const cooperative = kernels.filter((kernel) => kernel.cooperative).map(({ name }) => name);
    expect(cooperative).toEqual(['grid_sync']);
    const alone = kernels.filter(({ splitting }) => !waits(splitting)).map(({ name }) => name);
    expect(alone).toEqual(['per_sm', 'tells_grid']);
  });

  it.each([
    ['', 'mine.ptx: there are no kernels in it'],
    ['// nothing\n', 'mine.ptx: there are no kernels in it'],
    [HEAD, 'mine.ptx: there are no kernels in it'],
    ['.func f() { ret; }', 'mine.ptx: there are no kernels in it'],
    ['.extern .entry k();', 'mine.ptx: there are no kernels in it'],
    [
      '__global__ void k() {}',
      "mine.ptx: PTX, line 1, column 1: expected a directive, found '__global__'",
    ],
    ['.entry k( { ret; }', 'mine.ptx: PTX, line 1, column 19: '],
    ['\u007fELF\u0002\u0001', 'mine.ptx: PTX, line 1, column 1: '],
  ])('refuses %j', (text, message) => {
    expect(() => describePtx(text, 'mine.ptx')).toThrow(message);
  });
});
