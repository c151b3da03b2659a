import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitPtx } from './split.ts';
import { testModule } from './test-modules.ts';

const ptxas = process.env.PTXAS ?? 'ptxas';
const missing = spawnSync(ptxas, ['--version']).status !== 0;

/** Assembles a rewritten module; the assembler's complaints. */
function assemble(source: string, architecture: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'lithos-ptxas-'));
  const file = join(directory, 'split.ptx');
  try {
    writeFileSync(file, source);
    execFileSync(ptxas, [`-arch=${architecture}`, file, '-o', join(directory, 'out.cubin')], {
      stdio: 'pipe',
    });
    return '';
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Every way in which a kernel may read the grid. */
const EVERY_READ = `.version 8.0
.target sm_80
.address_size 64
.func (.param .b32 r) row() {
  .reg .b32 %a;
  mov.u32 %a, %ctaid.y;
  st.param.b32 [r+0], %a;
  ret;
}
.visible .entry reads(.param .u64 out) {
  .reg .b16 %h;
  .reg .b32 %r<9>;
  .reg .b64 %d<3>;
  .reg .pred %p;
  mov.u16 %h, %nctaid.x;
  mov.v4.u32 {%r1, %r2, _, %r3}, %ctaid;
  cvt.u64.u32 %d1, %nctaid.y;
  setp.eq.u32 %p, %r1, 3;
  .param .b32 kept;
  @%p call (kept), row;
  ld.param.b32 %r4, [kept];
  add.u32 %r5, %nctaid.z, %ctaid.z;
  mov.u32 %r6, %ctaid.w;
  ret;
}`;

describe.skipIf(missing)('rewritten modules, for ptxas', () => {
  it.each([
    ...['shapes', 'reductions', 'calls', 'whole', 'look-alike'].flatMap((name) => [
      [name, 'sm_80'] as const,
      [name, 'sm_90'] as const,
    ]),
    ['hopper', 'sm_90'] as const,
  ])('%s for %s', (name, architecture) => {
    expect(assemble(splitPtx(testModule(name)).ptx, architecture)).toBe('');
  });

  it('whatever way the grid is read', () => {
    const { ptx, kernels } = splitPtx(EVERY_READ);
    expect(kernels.get('reads')?.splitting.kind).toBe('splittable');
    const [, entry = ''] = ptx.split('reads(');
    const reads = entry.match(/%n?ctaid\.?\w*/g);
    // The one read that is left is where the atom's own index comes from.
    expect(reads).toEqual(['%ctaid.x']);
    expect(assemble(ptx, 'sm_80')).toBe('');
  });
});
