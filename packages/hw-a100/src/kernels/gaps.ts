import type { KernelPlan, PtxModule } from './plan.ts';

/** Gaps that a kernel keeps at the most. */
const CAPACITY = 1023;

/** Bytes of the buffer: how many gaps there were, then the length of each, ns; words of 32 bits. */
export const GAPS_BYTES = 4 * (CAPACITY + 1);

/**
 * `lithos_gaps`: one thread that looks at `%globaltimer` for `lithos_block_ns`, and writes down each time
 * that it was not there to look, if that was `lithos_least_ns` or longer. So a kernel sees that it was
 * frozen while another process had the device.
 */
const GAPS_MODULE: PtxModule = {
  id: 'lithos-gaps',
  ptx: `.version 7.0
.target sm_80
.address_size 64

.visible .entry lithos_gaps(
  .param .u64 lithos_gaps,
  .param .u32 lithos_block_ns,
  .param .u32 lithos_least_ns,
  .param .u32 lithos_capacity
)
{
  .reg .pred %p<4>;
  .reg .b32 %r<4>;
  .reg .b64 %rd<8>;
  ld.param.u64 %rd0, [lithos_gaps];
  cvta.to.global.u64 %rd0, %rd0;
  ld.param.u32 %rd1, [lithos_block_ns];
  ld.param.u32 %rd2, [lithos_least_ns];
  ld.param.u32 %r0, [lithos_capacity];
  mov.u32 %r1, 0;
  mov.u64 %rd3, %globaltimer;
  add.u64 %rd1, %rd1, %rd3;
LOOK:
  mov.u64 %rd4, %globaltimer;
  sub.u64 %rd5, %rd4, %rd3;
  mov.u64 %rd3, %rd4;
  setp.lt.u64 %p0, %rd5, %rd2;
  @%p0 bra NEXT;
  setp.ge.u32 %p1, %r1, %r0;
  @%p1 bra NEXT;
  add.u32 %r1, %r1, 1;
  mul.wide.u32 %rd6, %r1, 4;
  add.u64 %rd6, %rd6, %rd0;
  cvt.u32.u64 %r2, %rd5;
  st.global.u32 [%rd6], %r2;
NEXT:
  setp.lt.u64 %p2, %rd4, %rd1;
  @%p2 bra LOOK;
  st.global.u32 [%rd0], %r1;
  ret;
}
`,
};

/** A kernel that runs for `forNs` and writes down gaps of at least `leastNs` at `address`. */
export const gapsPlan = (address: bigint, forNs: number, leastNs: number): KernelPlan => ({
  module: GAPS_MODULE,
  entry: 'lithos_gaps',
  grid: [1, 1, 1],
  block: [1, 1, 1],
  sharedBytes: 0,
  parameters: [
    { kind: 'u64', value: address },
    { kind: 'u32', value: forNs },
    { kind: 'u32', value: leastNs },
    { kind: 'u32', value: CAPACITY },
  ],
  completion: 'none',
  splittable: false,
});
