import type { KernelPlan, PtxModule } from './plan.ts';
import { RECORD_BEGIN, RECORD_END } from './record.ts';

/** Greatest wait that a kernel of ours makes for anything, ns: it then ends, so that nothing hangs. */
const PATIENCE_NS = 2_000_000_000;

/**
 * Kernels of the device port itself:
 * - `lithos_spin` holds its blocks for `lithos_block_ns` each, by `%globaltimer`;
 * - `lithos_where` writes the SM of each block to `lithos_smids`, after `lithos_block_ns`;
 * - `lithos_clock` answers `lithos_rounds` numbers that the host writes into `lithos_mailbox` with the
 *   time at which it saw each, by which the two clocks are compared.
 * `lithos_spin` of 0 ns is the kernel that keeps the completion record for those that do not.
 */
export const PORT_MODULE: PtxModule = {
  id: 'lithos-port',
  ptx: `.version 7.0
.target sm_80
.address_size 64

.visible .entry lithos_spin(
  .param .u64 lithos_record,
  .param .u32 lithos_block_ns
)
{
  .reg .pred %p<2>;
  .reg .b64 %rd<6>;
${RECORD_BEGIN}
  mov.u64 %rd0, %globaltimer;
  ld.param.u32 %rd1, [lithos_block_ns];
  add.u64 %rd1, %rd0, %rd1;
SPIN:
  mov.u64 %rd2, %globaltimer;
  setp.lt.u64 %p0, %rd2, %rd1;
  @%p0 bra SPIN;
${RECORD_END}
  ret;
}

.visible .entry lithos_where(
  .param .u64 lithos_record,
  .param .u32 lithos_block_ns,
  .param .u64 lithos_smids
)
{
  .reg .pred %p<2>;
  .reg .b32 %r<4>;
  .reg .b64 %rd<6>;
${RECORD_BEGIN}
  mov.u64 %rd0, %globaltimer;
  ld.param.u32 %rd1, [lithos_block_ns];
  add.u64 %rd1, %rd0, %rd1;
WAIT:
  mov.u64 %rd2, %globaltimer;
  setp.lt.u64 %p0, %rd2, %rd1;
  @%p0 bra WAIT;
  mov.u32 %r0, %tid.x;
  setp.ne.u32 %p1, %r0, 0;
  @%p1 bra WRITTEN;
  mov.u32 %r1, %ctaid.x;
  mov.u32 %r2, %smid;
  ld.param.u64 %rd3, [lithos_smids];
  cvta.to.global.u64 %rd3, %rd3;
  mul.wide.u32 %rd4, %r1, 4;
  add.u64 %rd3, %rd3, %rd4;
  st.global.u32 [%rd3], %r2;
WRITTEN:
${RECORD_END}
  ret;
}

.visible .entry lithos_clock(
  .param .u64 lithos_mailbox,
  .param .u32 lithos_rounds
)
{
  .reg .pred %p<4>;
  .reg .b32 %r<4>;
  .reg .b64 %rd<6>;
  ld.param.u64 %rd0, [lithos_mailbox];
  cvta.to.global.u64 %rd0, %rd0;
  ld.param.u32 %r0, [lithos_rounds];
  mov.u64 %rd1, %globaltimer;
  add.u64 %rd1, %rd1, ${PATIENCE_NS};
  mov.u32 %r1, 1;
NEXT:
  setp.gt.u32 %p0, %r1, %r0;
  @%p0 bra OVER;
ASK:
  mov.u64 %rd2, %globaltimer;
  ld.volatile.global.u32 %r2, [%rd0];
  setp.ge.u32 %p1, %r2, %r1;
  @%p1 bra ANSWER;
  setp.gt.u64 %p2, %rd2, %rd1;
  @%p2 bra OVER;
  bra ASK;
ANSWER:
  mov.u64 %rd2, %globaltimer;
  st.volatile.global.u64 [%rd0+8], %rd2;
  membar.sys;
  st.volatile.global.u32 [%rd0+4], %r1;
  add.u32 %r1, %r1, 1;
  bra NEXT;
OVER:
  ret;
}
`,
};

/** A kernel whose blocks last `blockNs` each, whatever runs beside them. */
export function spinPlan(
  blocks: number,
  threads: number,
  blockNs: number,
  sharedBytes = 0,
): KernelPlan {
  return {
    module: PORT_MODULE,
    entry: 'lithos_spin',
    grid: [blocks, 1, 1],
    block: [threads, 1, 1],
    sharedBytes,
    parameters: [{ kind: 'record' }, { kind: 'u32', value: Math.round(blockNs) }],
    completion: 'record',
    splittable: true,
  };
}
