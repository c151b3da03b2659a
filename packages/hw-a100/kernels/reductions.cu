// Atomics and shared memory.

extern "C" __global__ void histogram(const unsigned *in, unsigned *bins, unsigned n) {
  __shared__ unsigned local[16];
  if (threadIdx.x < 16) local[threadIdx.x] = 0;
  __syncthreads();
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) atomicAdd(&local[in[i] & 15u], 1u);
  __syncthreads();
  if (threadIdx.x < 16) atomicAdd(&bins[threadIdx.x], local[threadIdx.x]);
}

extern "C" __global__ void block_sums(const float *in, float *out, unsigned n) {
  extern __shared__ float partial[];
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  partial[threadIdx.x] = i < n ? in[i] : 0.0f;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) partial[threadIdx.x] += partial[threadIdx.x + half];
    __syncthreads();
  }
  if (threadIdx.x == 0) out[blockIdx.x] = partial[0];
}

// A maximum of floats by compare-and-swap: a retry loop, which waits for nobody.
extern "C" __global__ void float_max(const float *in, unsigned *out, unsigned n) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  float mine = in[i];
  unsigned old = *out;
  while (mine > __uint_as_float(old)) {
    unsigned assumed = old;
    old = atomicCAS(out, assumed, __float_as_uint(mine));
    if (old == assumed) break;
  }
}

// The block that finishes last adds up what all have written: right only if every block runs once
// and gridDim is the original one.
__device__ unsigned finished;
extern "C" __global__ void last_block_sum(const unsigned *in, unsigned *sums, unsigned *total, unsigned n) {
  __shared__ unsigned sum;
  __shared__ bool last;
  if (threadIdx.x == 0) sum = 0;
  __syncthreads();
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) atomicAdd(&sum, in[i]);
  __syncthreads();
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = sum;
    __threadfence();
    last = atomicInc(&finished, gridDim.x - 1) == gridDim.x - 1;
  }
  __syncthreads();
  if (last && threadIdx.x == 0) {
    unsigned all = 0;
    for (unsigned b = 0; b < gridDim.x; b++) all += sums[b];
    *total = all;
  }
}
