import { describe, expect, it } from 'vitest';
import { cutMultiple } from './atoms.ts';
import { classifyKernels, type Splitting } from './classify.ts';
import { parsePtx } from './parse.ts';
import { splitPtx } from './split.ts';
import { testModule } from './test-modules.ts';

const classify = (module: string): Record<string, Splitting> =>
  Object.fromEntries(classifyKernels(parsePtx(testModule(module))));

/** The reasons of a kernel that must run whole, without their lines. */
function reasons(splitting: Splitting | undefined): string[] {
  if (splitting?.kind !== 'whole') return [];
  return splitting.reasons.map((reason) => reason.replace(/^line \d+: /, ''));
}

const body = (code: string, head = ''): Splitting | undefined =>
  classifyKernels(parsePtx(`.entry k()\n${head}\n{\n${code}\n}`)).get('k');

describe('the classifier', () => {
  it.each(['shapes', 'reductions', 'look-alike'])('lets every kernel of %s be cut', (module) => {
    const kinds = Object.values(classify(module)).map((splitting) => splitting.kind);
    expect(new Set(kinds)).toEqual(new Set(['splittable']));
  });

  it('lets called functions read the grid, unless they are called by pointer', () => {
    const { indirect, ...others } = classify('calls');
    expect(Object.values(others).every(({ kind }) => kind === 'splittable')).toBe(true);
    expect(reasons(indirect)).toEqual([
      'calls through a pointer that may be _Z8by_blockj, which reads %ctaid',
      'calls through a pointer that may be _Z7by_gridj, which reads %ctaid',
    ]);
  });

  it.each([
    ['grid_sync', /grid synchronisation/],
    ['spin_on_previous', /loops until another block answers on global memory \(ld\)/],
    ['atomic_barrier', /loops until another block answers on global memory \(atom\)/],
    ['look_back', /loops until another block answers/],
    ['spin_in_function', /loops until another block answers/],
    ['spin_through_shared', /loops until another block answers/],
    ['work_queue', /loops until another block answers/],
    ['per_sm', /%nsmid/],
    ['tells_grid', /%gridid/],
  ])('keeps %s whole', (kernel, reason) => {
    expect(reasons(classify('whole')[kernel]).join('; ')).toMatch(reason);
  });

  it('cuts clusters at their size where a range can hold them', () => {
    const { cluster_pair, cluster_square, cluster_at_launch, dependent_launch } =
      classify('hopper');
    expect(cluster_pair).toEqual({ kind: 'cluster-multiple', clusterBlocks: 2 });
    expect(reasons(cluster_square)).toEqual([
      'clusters of 2x2x1 blocks do not fit a one-dimensional range',
    ]);
    expect(reasons(cluster_at_launch)).toEqual([
      'uses thread-block clusters, whose size is not in the module',
    ]);
    expect(reasons(dependent_launch)[0]).toBe(
      'uses griddepcontrol: it overlaps with the launches around it',
    );
  });

  it('knows calls that launch kernels, and calls to code that it does not see', () => {
    const extern =
      '.extern .func (.param .b32 r) cudaLaunchDeviceV2(.param .b64 a, .param .b64 b);\n.extern .func other();\n.extern .func (.param .b32 r) vprintf(.param .b64 a, .param .b64 b);\n';
    const kernels =
      '.entry parent() { call (r), cudaLaunchDeviceV2, (a, b); ret; }\n.entry far() { call other; ret; }\n.entry prints() { call (r), vprintf, (a, b); ret; }';
    const found = classifyKernels(parsePtx(extern + kernels));
    expect(reasons(found.get('parent'))).toEqual(['launches kernels itself (cudaLaunchDeviceV2)']);
    expect(reasons(found.get('far'))).toEqual(['calls other, which the module does not define']);
    expect(found.get('prints')).toEqual({ kind: 'splittable' });
  });

  it('tells waiting from working', () => {
    const loop = (code: string) => body(`$L:\n${code}\n@%p1 bra $L;\nret;`)?.kind;
    // A sum with atomics whose results nobody reads.
    expect(loop('red.global.add.u32 [%rd1], 1; setp.lt.u32 %p1, %r1, 5;')).toBe('splittable');
    expect(loop('atom.global.add.u32 %r9, [%rd1], 1; setp.lt.u32 %p1, %r1, 5;')).toBe('splittable');
    // Compare-and-swap again with what was found; and for a lock.
    expect(
      loop(
        'atom.global.cas.b32 %r2, [%rd1], %r1, %r3; setp.ne.u32 %p1, %r1, %r2; mov.u32 %r1, %r2;',
      ),
    ).toBe('splittable');
    expect(loop('atom.global.cas.b32 %r2, [%rd1], 0, 1; setp.ne.u32 %p1, %r2, 0;')).toBe('whole');
    // Shared memory is the block's own; plain loads are no synchronisation.
    expect(loop('ld.volatile.shared.u32 %r1, [%r2]; setp.eq.u32 %p1, %r1, 0;')).toBe('splittable');
    expect(loop('ld.global.u32 %r1, [%rd1]; setp.gt.u32 %p1, %r1, 7;')).toBe('splittable');
    expect(loop('ld.relaxed.gpu.global.u32 %r1, [%rd1]; setp.eq.u32 %p1, %r1, 0;')).toBe('whole');
    expect(loop('ld.acquire.gpu.u32 %r1, [%rd1]; setp.eq.u32 %p1, %r1, 0;')).toBe('whole');
    // Through a predicated move, and through local memory.
    expect(
      loop(
        'ld.volatile.global.u32 %r1, [%rd1]; setp.eq.u32 %p2, %r1, 0; mov.u32 %r2, 0; @%p2 mov.u32 %r2, 1; setp.ne.u32 %p1, %r2, 0;',
      ),
    ).toBe('whole');
    expect(
      loop(
        'ld.volatile.global.u32 %r1, [%rd1]; st.local.u32 [%rd2], %r1; ld.local.u32 %r2, [%rd2]; setp.eq.u32 %p1, %r2, 0;',
      ),
    ).toBe('whole');
    expect(loop('nanosleep.u32 100; setp.lt.u32 %p1, %r1, 5;')).toBe('whole');
    // The same load outside a loop.
    expect(
      body('ld.volatile.global.u32 %r1, [%rd1]; setp.eq.u32 %p1, %r1, 0; @%p1 bra $E; $E: ret;')
        ?.kind,
    ).toBe('splittable');
  });

  it('lets a compare-and-swap be tried again, and waits for no value of its own', () => {
    const cas = (code: string) => body(`$L:\n${code}\n$D: ret;`)?.kind;
    const swap = 'atom.global.cas.b32 %r2, [%rd1], %r1, %r3;';
    const unequal = 'setp.ne.s32 %p1, %r2, %r1; mov.u32 %r1, %r2;';
    expect(cas(`${swap} ${unequal} @%p1 bra $L;`)).toBe('splittable');
    expect(cas(`${swap} ${unequal} @!%p1 bra $D; bra $L;`)).toBe('splittable');
    // Nothing is left to do, as the float maximum finds; and one for each element of many.
    const enough = 'setp.gt.u32 %p2, %r1, %r4; @%p2 bra $D;';
    expect(cas(`${enough} ${swap} ${unequal} @%p1 bra $L;`)).toBe('splittable');
    const next = '$N: add.u32 %r8, %r8, 1; setp.lt.u32 %p3, %r8, 9; @%p3 bra $L;';
    expect(cas(`${swap} ${unequal} @%p1 bra $L; ${next}`)).toBe('splittable');
    expect(cas(`${enough.replace('$D', '$N')} ${swap} ${unequal} @%p1 bra $L; ${next}`)).toBe(
      'splittable',
    );
    // Until there is some value, until it changes, and with what the result is compared replaced.
    expect(cas(`${swap} mov.u32 %r1, %r2; setp.ne.u32 %p1, %r2, 7; @%p1 bra $L;`)).toBe('whole');
    const own = 'atom.global.cas.b32 %r2, [%rd1], %r2, %r2; setp.ne.u32 %p1, %r2, 7;';
    expect(cas(`${own} @%p1 bra $L;`)).toBe('whole');
    expect(cas(`${swap} ${unequal} @!%p1 bra $L;`)).toBe('whole');
    expect(cas(`${swap} mov.u32 %r1, 7; ${unequal} @%p1 bra $L;`)).toBe('whole');
  });

  it('sees waiting behind a pointer, by recursion and by fences', () => {
    const found = (code: string) => classifyKernels(parsePtx(code)).get('k');
    const poll = '.func poll() { ld.volatile.global.u32 %r1, [%rd1]; st.u32 [%rd2], %r1; ret; }';
    const asks = 'ld.local.u32 %r2, [%rd3]; setp.eq.u32 %p1, %r2, 0; @%p1 bra $L; ret;';
    expect(found(`${poll} .entry k() { $L: call.uni poll; ${asks} }`)?.kind).toBe('whole');
    const store = '.func store(.param .b32 v) { st.u32 [%rd2], %r1; ret; }';
    const load = 'ld.volatile.global.u32 %r1, [%rd1]; st.param.b32 [a], %r1;';
    expect(found(`${store} .entry k() { $L: ${load} call.uni store, (a); ${asks} }`)?.kind).toBe(
      'whole',
    );
    const recursive = (access: string) =>
      found(
        `.func wait() { ${access} setp.ne.u32 %p1, %r1, 0; @%p1 bra $D; call.uni again; $D: ret; }
        .func again() { call.uni wait; ret; }
        .entry k() { call.uni wait; ret; }`,
      );
    expect(recursive('ld.global.u32 %r1, [%rd1];')?.kind).toBe('splittable');
    expect(reasons(recursive('ld.volatile.global.u32 %r1, [%rd1];'))).toEqual([
      'wait calls itself, and may wait for another block that way',
      'again calls itself, and may wait for another block that way',
    ]);
    const fenced = (fence: string, access = 'ld.global.u32') =>
      body(`$L: ${access} %r1, [%rd1]; ${fence}; setp.eq.u32 %p1, %r1, 0; @%p1 bra $L; ret;`);
    expect(fenced('membar.gl')?.kind).toBe('whole');
    expect(fenced('fence.acq_rel.gpu')?.kind).toBe('whole');
    expect(fenced('membar.cta')?.kind).toBe('splittable');
    expect(fenced('membar.gl', 'ld.shared.u32')?.kind).toBe('splittable');
  });

  it('keeps what cannot be told of its place whole, alone in its module', () => {
    const head = '.reqnctapercluster 2, 1, 1';
    expect(reasons(body('ret;', `${head} .blocksareclusters`))).toEqual([
      'is launched on a grid of clusters (.blocksareclusters)',
    ]);
    expect(reasons(body('clusterlaunchcontrol.try_cancel.async.b128 [%r0], [%r1]; ret;'))).toEqual([
      'uses clusterlaunchcontrol: it takes over other blocks of its launch',
    ]);
    const who = '.func who() { mov.u32 %r0, %clusterid.x; ret; }';
    const calls = (cluster: string) =>
      classifyKernels(parsePtx(`${who} .entry k() ${cluster} { call.uni who; ret; }`)).get('k');
    expect(reasons(calls(head))).toEqual([
      'who reads the number of a cluster, and is no kernel itself',
    ]);
    expect(calls('.reqnctapercluster 1, 1, 1')?.kind).toBe('cluster-multiple');
    const vector = '.reg .v4 .u32 %v; mov.v4.u32 %v, %ctaid; ret;';
    const { kernels } = splitPtx(
      `.func f() { ${vector} } .entry k() { call.uni f; ret; } .entry other() { ret; }`,
    );
    expect(reasons(kernels.get('k')?.splitting)).toEqual([
      'a grid register without a component outside a vector move',
    ]);
    expect(kernels.get('other')?.splitting.kind).toBe('splittable');
  });

  it('follows jump tables, and labels that inline assembly repeats', () => {
    const table = body(
      '$S: ld.volatile.global.u32 %r1, [%rd1];\n$T: .branchtargets $S, $E;\nbrx.idx %r1, $T;\n$E: ret;',
    );
    expect(table?.kind).toBe('whole');
    const wait =
      '{ .reg .pred P; W: mbarrier.try_wait.shared::cta.b64 P, [%r1], %r2; @P bra D; bra W; D: }';
    expect(body(`ld.volatile.global.u32 %r5, [%rd1]; ${wait} ${wait} ret;`)?.kind).toBe(
      'splittable',
    );
  });

  it('says where a launch may be cut', () => {
    const splittable: Splitting = { kind: 'splittable' };
    const pairs: Splitting = { kind: 'cluster-multiple', clusterBlocks: 2 };
    const whole: Splitting = { kind: 'whole', reasons: ['line 3: reads %gridid'] };
    expect(cutMultiple(splittable, [5, 6, 7])).toBe(1);
    expect(cutMultiple(splittable, [65536, 65535, 1])).toBeUndefined();
    expect(cutMultiple(pairs, [4, 3, 1])).toBe(2);
    expect(cutMultiple(pairs, [5, 2, 1])).toBeUndefined();
    expect(cutMultiple(whole, [5, 1, 1])).toBeUndefined();
  });
});
