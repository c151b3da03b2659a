// Kernels that stand in for profiled ones: blocks that stream memory, compute, and wait on latency,
// as much of each as their arguments say. One entry per class of registers per thread.
//
//   record         completion record (src/kernels/record.ts), or null
//   begin          index of the launch's first block in the whole grid
//   buffer, mask   memory to stream from, in units of 16 bytes; mask is its size less one (a power of two)
//   start          where in the buffer the whole grid begins, in units
//   blocks         blocks of the whole grid: the blocks read in rows, one part of each row each, so that
//                  what runs at the same time reads neighbouring memory, as profiled kernels do
//   units          units that one block reads
//   writes         units that one block writes
//   behind         units from `start` to what the grid writes: behind what it reads
//   slots          units that each thread has room for in dynamic shared memory: 0, 8, 16 or 32
//   turns, more    turns of 8 independent multiply-adds that each warp does; `more` warps do one more
//   chain          turns of 4 dependent multiply-adds that one warp of each block does at the end
//   lead           such turns that the first block of the whole grid does beside its own
//   never          null; were it not, the kernel would write there

struct Record {
  unsigned arrived, done;
  volatile unsigned long long *host;
};

__device__ __forceinline__ unsigned long long now() {
  unsigned long long time;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(time));
  return time;
}

__device__ __forceinline__ void recordBegin(Record *record) {
  if (record != nullptr && threadIdx.x == 0 && blockIdx.x == 0) record->host[0] = now();
}

__device__ __forceinline__ void recordEnd(Record *record) {
  if (record == nullptr) return;
  __syncthreads();
  if (threadIdx.x != 0) return;
  __threadfence();
  if (atomicInc(&record->arrived, gridDim.x - 1) != gridDim.x - 1) return;
  unsigned done = record->done + 1;
  record->done = done;
  record->host[1] = now();
  __threadfence_system();
  *(volatile unsigned *)(record->host + 2) = done;
}

template <int REGISTERS>
__device__ __forceinline__ void hold(float *never) {
  // Unreachable, yet allotted: values that are all alive across a barrier.
  float values[REGISTERS];
#pragma unroll
  for (int i = 0; i < REGISTERS; i++) asm volatile("ld.volatile.global.f32 %0, [%1];" : "=f"(values[i]) : "l"(never + i));
  asm volatile("bar.sync 0;" ::: "memory");
#pragma unroll
  for (int i = REGISTERS - 1; i >= 0; i--) asm volatile("st.volatile.global.f32 [%0], %1;" ::"l"(never + i), "f"(values[i]));
}

// Asynchronous copies into shared memory, DEPTH of them under way per thread: as much as a kernel has that
// fills its shared memory while it computes. Nobody reads what arrives.
template <int DEPTH>
__device__ __forceinline__ void streamToShared(const uint4 *buffer, unsigned mask, unsigned first, unsigned row, unsigned units) {
  extern __shared__ uint4 slots[];
  unsigned threads = blockDim.x, slot = 0, at = first + threadIdx.x;
  unsigned mine = (unsigned)__cvta_generic_to_shared(slots + threadIdx.x);
#pragma unroll 4
  for (unsigned i = threadIdx.x; i < units; i += threads, at += row) {
    const uint4 *from = buffer + (at & mask);
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(mine + slot * threads * 16), "l"(from) : "memory");
    asm volatile("cp.async.commit_group;" ::: "memory");
    asm volatile("cp.async.wait_group %0;" ::"n"(DEPTH - 1) : "memory");
    slot = (slot + 1) % DEPTH;
  }
  asm volatile("cp.async.wait_all;" ::: "memory");
}

// Loads into registers: LOADS under way per thread.
template <int LOADS>
__device__ __forceinline__ unsigned streamToRegisters(const uint4 *buffer, unsigned mask, unsigned first, unsigned row,
                                                      unsigned units) {
  unsigned threads = blockDim.x, bits = 0, at = first + threadIdx.x;
#pragma unroll 1
  for (unsigned i = threadIdx.x; i < units; i += LOADS * threads, at += LOADS * row) {
    uint4 loaded[LOADS];
#pragma unroll
    for (int k = 0; k < LOADS; k++) {
      loaded[k] = make_uint4(0, 0, 0, 0);
      if (i + k * threads < units) {
        const uint4 *from = buffer + ((at + k * row) & mask);
        asm volatile("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
                     : "=r"(loaded[k].x), "=r"(loaded[k].y), "=r"(loaded[k].z), "=r"(loaded[k].w)
                     : "l"(from));
      }
    }
#pragma unroll
    for (int k = 0; k < LOADS; k++) bits |= loaded[k].x | loaded[k].y | loaded[k].z | loaded[k].w;
  }
  return bits;
}

// Writes what is there already: zeros. Nobody waits for them.
__device__ __forceinline__ void write(uint4 *buffer, unsigned mask, unsigned first, unsigned row, unsigned units) {
  unsigned threads = blockDim.x, at = first + threadIdx.x;
#pragma unroll 1
  for (unsigned i = threadIdx.x; i < units; i += threads, at += row) buffer[at & mask] = make_uint4(0, 0, 0, 0);
}

// Units of a row that one block has; parts begin at cache lines of 128 bytes.
__device__ __forceinline__ unsigned partOf(unsigned units) { return min((units + 7u) & ~7u, blockDim.x); }

template <int LOADS, int REGISTERS>
__device__ __forceinline__ void work(Record *record, unsigned begin, uint4 *buffer, unsigned mask, unsigned start,
                                     unsigned blocks, unsigned units, unsigned writes, unsigned behind,
                                     unsigned slots, unsigned turns, unsigned more, unsigned chain, unsigned lead,
                                     float *never) {
  if (REGISTERS > 0 && never != nullptr) hold<(REGISTERS > 0 ? REGISTERS : 1)>(never);
  recordBegin(record);
  unsigned block = begin + blockIdx.x;
  if (writes > 0) {
    unsigned part = partOf(writes);
    write(buffer, mask, start + behind + block * part, blocks * part, writes);
  }
  if (units > 0) {
    unsigned part = partOf(units), row = blocks * part;
    unsigned first = start + block * part;
    if (slots == 0) {
      // Never: the buffer is all zero.
      if (streamToRegisters<LOADS>(buffer, mask, first, row, units) != 0) *never = 1.0f;
    } else if (slots == 8) {
      streamToShared<8>(buffer, mask, first, row, units);
    } else if (slots == 16) {
      streamToShared<16>(buffer, mask, first, row, units);
    } else {
      streamToShared<32>(buffer, mask, first, row, units);
    }
  }
  unsigned mine = turns + (threadIdx.x / 32 < more ? 1 : 0);
  if (mine > 0) {
    float seed = (float)threadIdx.x;
    float a[8];
#pragma unroll
    for (int k = 0; k < 8; k++) a[k] = seed + (float)k;
    // Long enough a run without a branch for one warp to fill its scheduler.
#pragma unroll 8
    for (unsigned t = 0; t < mine; t++) {
#pragma unroll
      for (int k = 0; k < 8; k++) a[k] = fmaf(a[k], 0.75f, seed);
    }
    // Never: the sum is not negative.
    if (((a[0] + a[1]) + (a[2] + a[3])) + ((a[4] + a[5]) + (a[6] + a[7])) < 0.0f) *never = seed;
  }
  if (block == 0) chain += lead;
  if (chain > 0 && threadIdx.x < 32) {
    float sum = (float)threadIdx.x;
#pragma unroll 1
    for (unsigned t = 0; t < chain; t++) {
#pragma unroll
      for (int k = 0; k < 4; k++) sum = fmaf(sum, 0.75f, 1.0f);
    }
    if (sum < 0.0f) *never = sum;
  }
  recordEnd(record);
}

#define LOOK_ALIKE(CLASS, LOADS, HELD)                                                                              \
  extern "C" __global__ void __maxnreg__(CLASS)                                                                     \
      look_alike_##CLASS(Record *record, unsigned begin, uint4 *buffer, unsigned mask, unsigned start,              \
                         unsigned blocks, unsigned units, unsigned writes, unsigned behind, unsigned slots,         \
                         unsigned turns, unsigned more, unsigned chain, unsigned lead, float *never) {              \
    work<LOADS, HELD>(record, begin, buffer, mask, start, blocks, units, writes, behind, slots, turns, more, chain, \
                      lead, never);                                                                                 \
  }

LOOK_ALIKE(32, 4, 0)
LOOK_ALIKE(40, 4, 32)
LOOK_ALIKE(48, 4, 40)
LOOK_ALIKE(56, 8, 48)
LOOK_ALIKE(64, 8, 56)
LOOK_ALIKE(72, 8, 64)
LOOK_ALIKE(80, 8, 72)
LOOK_ALIKE(96, 8, 88)
LOOK_ALIKE(112, 8, 104)
LOOK_ALIKE(128, 8, 120)
LOOK_ALIKE(168, 8, 160)
LOOK_ALIKE(208, 8, 200)
LOOK_ALIKE(255, 8, 246)

// The time, for measuring what runs between two of these.
extern "C" __global__ void look_alike_stamp(unsigned long long *stamps, unsigned index) {
  stamps[index] = now();
}
