/**
 * The completion record: how a kernel tells the host when it began and that it is done, without an
 * event, a call or a wait. A record has a part in device memory, which kernels get the address of, and
 * a part in mapped host memory, which the host polls.
 *
 * Device part: u32 arrived (blocks that have ended), u32 done (launches that have ended), u64 address
 * of the host part. Host part: u64 start and u64 end by `%globaltimer`, u32 done.
 *
 * A kernel that keeps the record does three things, by one thread of each block: block 0 stores the
 * start; every block, when all its threads are through, counts itself in `arrived`, which wraps to 0
 * at the size of the launched grid; the block that ends the count stores the end, and then `done`, one
 * more than before. So the host knows a launch by its number, and nothing needs to be reset.
 */
export const RECORD = {
  device: { bytes: 16, arrived: 0, done: 4, host: 8 },
  host: { bytes: 32, start: 0, end: 8, done: 16 },
} as const;

/**
 * PTX that goes at the beginning of an entry with a `.param .u64 lithos_record`: stores the start.
 * Registers and labels begin with `lithos`.
 */
export const RECORD_BEGIN = `
  {
  .reg .pred %lithosp<5>;
  .reg .b32 %lithosr<8>;
  .reg .b64 %lithosd<5>;
  ld.param.u64 %lithosd0, [lithos_record];
  setp.eq.u64 %lithosp0, %lithosd0, 0;
  @%lithosp0 bra LITHOS_BEGUN;
  mov.u32 %lithosr0, %tid.x;
  mov.u32 %lithosr1, %tid.y;
  mov.u32 %lithosr2, %tid.z;
  or.b32 %lithosr0, %lithosr0, %lithosr1;
  or.b32 %lithosr0, %lithosr0, %lithosr2;
  mov.u32 %lithosr1, %ctaid.x;
  or.b32 %lithosr0, %lithosr0, %lithosr1;
  mov.u32 %lithosr1, %ctaid.y;
  or.b32 %lithosr0, %lithosr0, %lithosr1;
  mov.u32 %lithosr1, %ctaid.z;
  or.b32 %lithosr0, %lithosr0, %lithosr1;
  setp.ne.u32 %lithosp1, %lithosr0, 0;
  @%lithosp1 bra LITHOS_BEGUN;
  mov.u64 %lithosd1, %globaltimer;
  cvta.to.global.u64 %lithosd2, %lithosd0;
  ld.global.u64 %lithosd3, [%lithosd2+8];
  st.volatile.global.u64 [%lithosd3], %lithosd1;
LITHOS_BEGUN:
  }`;

/** PTX that goes where all threads of a block end: counts the block, and stores the end if it is last. */
export const RECORD_END = `
  {
  .reg .pred %lithosp<5>;
  .reg .b32 %lithosr<8>;
  .reg .b64 %lithosd<5>;
  ld.param.u64 %lithosd0, [lithos_record];
  setp.eq.u64 %lithosp0, %lithosd0, 0;
  @%lithosp0 bra LITHOS_ENDED;
  bar.sync 0;
  mov.u32 %lithosr0, %tid.x;
  mov.u32 %lithosr1, %tid.y;
  mov.u32 %lithosr2, %tid.z;
  or.b32 %lithosr0, %lithosr0, %lithosr1;
  or.b32 %lithosr0, %lithosr0, %lithosr2;
  setp.ne.u32 %lithosp1, %lithosr0, 0;
  @%lithosp1 bra LITHOS_ENDED;
  mov.u32 %lithosr3, %nctaid.x;
  mov.u32 %lithosr4, %nctaid.y;
  mov.u32 %lithosr5, %nctaid.z;
  mul.lo.u32 %lithosr3, %lithosr3, %lithosr4;
  mul.lo.u32 %lithosr3, %lithosr3, %lithosr5;
  sub.u32 %lithosr3, %lithosr3, 1;
  cvta.to.global.u64 %lithosd2, %lithosd0;
  membar.gl;
  atom.global.inc.u32 %lithosr4, [%lithosd2], %lithosr3;
  setp.ne.u32 %lithosp2, %lithosr4, %lithosr3;
  @%lithosp2 bra LITHOS_ENDED;
  mov.u64 %lithosd1, %globaltimer;
  ld.global.u64 %lithosd3, [%lithosd2+8];
  ld.global.u32 %lithosr5, [%lithosd2+4];
  add.u32 %lithosr5, %lithosr5, 1;
  st.global.u32 [%lithosd2+4], %lithosr5;
  st.volatile.global.u64 [%lithosd3+8], %lithosd1;
  membar.sys;
  st.volatile.global.u32 [%lithosd3+16], %lithosr5;
LITHOS_ENDED:
  }`;
