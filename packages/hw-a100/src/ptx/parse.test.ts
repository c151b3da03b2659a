import { LithosError } from '@lithos/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describePtx } from './describe.ts';
import { parsePtx } from './parse.ts';
import { printPtx } from './print.ts';
import { TEST_MODULES, testModule } from './test-modules.ts';
import { tokenize } from './tokens.ts';

const texts = (source: string): string[] => tokenize(source).map((token) => token.text);

/** Printed, a source keeps its tokens; printed again, its text. */
function expectKept(source: string): void {
  const printed = printPtx(parsePtx(source));
  expect(texts(printed)).toEqual(texts(source));
  expect(printPtx(parsePtx(printed))).toBe(printed);
}

/** What nvcc emits rarely or never, and PTX allows. */
const EDGE_CASES: Readonly<Record<string, string>> = {
  'comments of both kinds': '.version 9.0 // one\n/* two\n lines */ .target sm_80',
  'a target with options': '.target sm_90a, debug\n.address_size 64',
  initialisers:
    '.visible .global .align 8 .u64 table[2] = {f, g};\n.const .f32 x = 0f3F800000;\n.global .b8 s[3] = {104, 105, 0};\n.global .u64 p = generic(table)+8;\n.global .attribute(.managed) .s32 m;',
  'external functions and variables':
    '.extern .func (.param .b32 r) vprintf(.param .b64 a, .param .b64 b);\n.extern .shared .align 16 .b8 all[];\n.weak .func nothing;',
  'performance directives':
    '.visible .entry k(.param .u32 n)\n.maxntid 256, 1, 1\n.minnctapersm 2\n.maxnreg 64\n.explicitcluster\n.reqnctapercluster 2, 1, 1\n{ ret; }',
  'pragma ahead of a body': '.entry k()\n.pragma "used_bytes_mask 15";\n{ ret; }',
  'no return': '.func stop()\n.noreturn\n{ trap; }',
  'debugging directives':
    '.file 1 "a.cu", 1690000000, 12\n.entry k() { .loc 1 5 3\n ret; .loc 1 2 1, function_name $L__info_string0+4, inlined_at 1 7 9\n }\n.section .debug_str\n{\n$L__info_string0:\n.b8 95, 90, 0\n}',
  'jump tables':
    '.entry k() { .reg .b32 %r<2>;\n $T: .branchtargets $A, $B;\n brx.idx %r1, $T;\n$A: ret;\n$B: ret; }',
  'call prototypes':
    '.entry k() { .reg .b64 %rd<2>;\n { // callseq\n .param .b32 r;\n P: .callprototype (.param .b32 _) _ (.param .b32 _, .param .align 8 .b8 _[16]);\n call (r), %rd1, (a, b), P;\n }\n $C: .calltargets f, g; call %rd1, $C; call f; }',
  operands:
    '.entry k() { ld.global.v4.f32 {%f1, %f2, %f3, _}, [%rd1+-16]; @!%p1 st.shared.u8 [buf+4], -1; setp.lt.and.f32 %p1|%p2, %f1, 0d3FF0000000000000, !%p3; mov.b64 {%r1, %r2}, %rd1; tex.2d.v4.f32.f32 {%f1, %f2, %f3, %f4}, [tex, {%f5, %f6}]; mov.u32 %r1, %tid.x; mov.u64 %rd1, buf+8; }',
  'scoped modifiers':
    '.entry k() { cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%r1], [%rd1, {%r2, %r3}], [%r4]; ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%r1, %r2, %r3, %r4}, [%rd1]; }',
  'constant expressions': '.global .b32 x[4 * (2 + 1)] = {1 << 3, ~0, !0, 7 & 3};',
  'nested scopes': '.entry k() { { .reg .pred p; { L: @p bra L; } } { L: bra L; } }',
};

describe('PTX', () => {
  it.each(TEST_MODULES)('%s.ptx, from nvcc, keeps its tokens', (name) => {
    expectKept(testModule(name));
  });

  it.each(Object.entries(EDGE_CASES))('keeps %s', (_, source) => {
    expectKept(source);
  });

  it('keeps any instructions', () => {
    const name = fc.constantFrom(
      '%r1',
      '%rd22',
      '%p3',
      'buf',
      '$L__BB0_1',
      '_',
      '%tid.x',
      '-1',
      '0f3F800000',
    );
    const operand = fc.oneof(
      name,
      fc.tuple(name, fc.integer({ min: -99, max: 99 })).map(([n, i]) => `[${n}+${i}]`),
      fc.array(name, { minLength: 1, maxLength: 4 }).map((list) => `{${list.join(', ')}}`),
      fc.tuple(name, name).map(([a, b]) => `${a}|${b}`),
      fc.array(name, { maxLength: 3 }).map((list) => `(${list.join(', ')})`),
    );
    const instruction = fc
      .tuple(
        fc.constantFrom('', '@%p1 ', '@!%p2 '),
        fc.constantFrom('add', 'ld', 'call', 'mma', 'st'),
        fc.array(fc.constantFrom('.u32', '.global', '.sync', '.m16n8k16', '.L2::128B'), {
          maxLength: 4,
        }),
        fc.array(operand, { maxLength: 5 }),
      )
      .map(
        ([guard, opcode, modifiers, operands]) =>
          `${guard}${opcode}${modifiers.join('')} ${operands.join(', ')};`,
      );
    const statement = fc.letrec<{ all: string }>((tie) => ({
      all: fc.oneof(
        { depthSize: 'small' },
        instruction,
        fc.constantFrom('$L:', '.reg .b32 %x<4>;', '.pragma "nounroll";', '.loc 1 2 3'),
        fc.array(tie('all'), { maxLength: 3 }).map((inner) => `{ ${inner.join(' ')} }`),
      ),
    })).all;
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 12 }), (body) => {
        expectKept(`.version 9.0\n.entry k(.param .u64 a) {\n${body.join('\n')}\n}`);
      }),
    );
  });

  it.each([
    ['.entry k() { add.u32 %r1, #2; }', 1, 27, 'unexpected character "#"'],
    [
      '.version 9.0\n.entry k() {\n  add.u32 %r1 %r2;\n}',
      3,
      15,
      "expected ',' or ';', found '%r2'",
    ],
    ['.entry k() {\n ret;', 2, 6, 'expected an instruction, found the end'],
    ['mov.u32 %r1, 1;', 1, 1, "expected a directive, found 'mov'"],
    ['.entry () { }', 1, 11, "expected the name of a function, found '{'"],
    ['.global .b32 x = 1', 1, 19, "expected ';', found the end"],
    ['.entry k(.param .u32 a { ret; }', 1, 32, "expected ',' or ')', found the end"],
    ['.file 1', 1, 8, "expected an operand of '.file', found the end"],
    ['.section .debug_str { .b8 1', 1, 28, "expected '}', found the end"],
  ])('refuses %j', (source, line, column, what) => {
    let error: unknown;
    try {
      parsePtx(source);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(LithosError);
    expect((error as LithosError).code).toBe('E_PTX_SYNTAX');
    expect((error as LithosError).message).toBe(`PTX, line ${line}, column ${column}: ${what}`);
  });

  it.each([
    ['blocks', (n: number) => `${'{'.repeat(n)} ret; ${'}'.repeat(n)}`],
    ['lists', (n: number) => `mov.u32 %r1, ${'('.repeat(n)}1${')'.repeat(n)};`],
    ['addresses', (n: number) => `mov.u32 %r1, ${'['.repeat(n)}1${']'.repeat(n)};`],
    ['prefixes', (n: number) => `mov.u32 %r1, ${'~'.repeat(n)}1;`],
    ['sums', (n: number) => `mov.u32 %r1, 1${' + 1'.repeat(n)};`],
    ['what never ends', (n: number) => '{'.repeat(n)],
  ])('refuses %s of 200,000 levels, and not of 200', (what, code) => {
    const source = (levels: number): string => `.entry k() { ${code(levels)} }`;
    expect(() => describePtx(source(200_000), 'deep.ptx')).toThrow(
      /^deep\.ptx: PTX, line 1, column \d+: more than 256 levels of blocks or operands/,
    );
    if (what === 'what never ends') return;
    expectKept(source(200));
    expect(describePtx(source(200), 'deep.ptx')).toHaveLength(1);
  });

  it('counts levels that end no more', () => {
    const code = '{ mov.u32 %r1, (~1 + (2) + [3]); }'.repeat(1000);
    expectKept(`.entry k() { ${code} }`);
  });

  it('reads attributes of any length', () => {
    const attribute = `.attribute(${'('.repeat(200_000)}${')'.repeat(200_000)})`;
    expect(parsePtx(`.func ${attribute} f() { ret; }`).items).toHaveLength(1);
  });
});
