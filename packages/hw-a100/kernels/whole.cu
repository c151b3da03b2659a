// Kernels that must never be cut: their blocks wait for one another, or size themselves to the GPU.
#include <cooperative_groups.h>

extern "C" __global__ void grid_sync(unsigned *out) {
  cooperative_groups::grid_group grid = cooperative_groups::this_grid();
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = i;
  grid.sync();
  out[i] += out[(i + blockDim.x) % (gridDim.x * blockDim.x)];
}

// Every block waits for the block before it.
extern "C" __global__ void spin_on_previous(volatile unsigned *flags) {
  if (blockIdx.x > 0)
    while (flags[blockIdx.x - 1] == 0) {
    }
  flags[blockIdx.x] = 1;
}

// A barrier of the whole grid by hand, with atomics only.
extern "C" __global__ void atomic_barrier(unsigned *counter, unsigned *out) {
  if (threadIdx.x == 0) {
    atomicAdd(counter, 1u);
    while (atomicAdd(counter, 0u) < gridDim.x) {
    }
  }
  __syncthreads();
  out[blockIdx.x * blockDim.x + threadIdx.x] = *counter;
}

// A prefix sum over blocks by decoupled look-back: states are 0 not ready, 1 own sum, 2 prefix.
extern "C" __global__ void look_back(const unsigned *in, volatile unsigned *state, volatile unsigned *value,
                                     unsigned *out) {
  unsigned sum = in[blockIdx.x];
  if (threadIdx.x != 0) return;
  value[blockIdx.x] = sum;
  __threadfence();
  state[blockIdx.x] = blockIdx.x == 0 ? 2 : 1;
  unsigned prefix = 0;
  for (int b = (int)blockIdx.x - 1; b >= 0;) {
    unsigned s;
    do s = state[b];
    while (s == 0);
    prefix += value[b];
    if (s == 2) break;
    b--;
  }
  out[blockIdx.x] = prefix + sum;
}

// The waiting is in a function.
__device__ __noinline__ unsigned look(const unsigned *flag) {
  unsigned v;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(v) : "l"(flag));
  return v;
}
extern "C" __global__ void spin_in_function(const unsigned *flag, unsigned *out) {
  while (look(flag) < gridDim.x) __nanosleep(20);
  out[blockIdx.x] = 1;
}

// One thread looks, the block is told through shared memory.
extern "C" __global__ void spin_through_shared(const unsigned *flag, unsigned *out) {
  __shared__ unsigned seen;
  do {
    if (threadIdx.x == 0) seen = *(const volatile unsigned *)flag;
    __syncthreads();
    unsigned s = seen;
    __syncthreads();
    if (s != 0) break;
  } while (true);
  out[blockIdx.x * blockDim.x + threadIdx.x] = 1;
}

// Blocks fetch their work from a counter until it is used up.
extern "C" __global__ void work_queue(unsigned *next, unsigned *out, unsigned n) {
  __shared__ unsigned item;
  for (;;) {
    if (threadIdx.x == 0) item = atomicAdd(next, 1u);
    __syncthreads();
    if (item >= n) return;
    out[item] = item * 3u;
    __syncthreads();
  }
}

// As many blocks as SMs: a persistent kernel.
extern "C" __global__ void per_sm(unsigned *out, unsigned n) {
  unsigned sms;
  asm volatile("mov.u32 %0, %%nsmid;" : "=r"(sms));
  for (unsigned i = blockIdx.x; i < n; i += sms) out[i] = sms;
}

extern "C" __global__ void tells_grid(unsigned long long *out) {
  unsigned long long id;
  asm volatile("mov.u64 %0, %%gridid;" : "=l"(id));
  out[blockIdx.x] = id;
}
