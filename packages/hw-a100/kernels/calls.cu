// Functions that stay functions and read the block index themselves.

__device__ __noinline__ unsigned linear_block() {
  return (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
}

__device__ __noinline__ unsigned global_thread(unsigned salt) {
  return linear_block() * blockDim.x + threadIdx.x + salt;
}

__device__ __noinline__ float twice(float x) { return x * 2.0f; }

__device__ __forceinline__ unsigned mixed(unsigned x) { return (x ^ blockIdx.x) * 31u; }

extern "C" __global__ void nested_calls(unsigned *out, unsigned n) {
  unsigned i = global_thread(0u);
  if (i < n) out[i] = mixed(i) + linear_block();
}

extern "C" __global__ void plain_call(float *out, unsigned n) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = twice((float)i);
}

__device__ __noinline__ unsigned countdown(unsigned depth) {
  if (depth == 0) return blockIdx.x;
  return countdown(depth - 1) * 3u + blockIdx.y;
}

extern "C" __global__ void recursion(unsigned *out) {
  if (threadIdx.x == 0) out[linear_block()] = countdown(3);
}

typedef unsigned (*step)(unsigned);
__device__ __noinline__ unsigned by_block(unsigned x) { return x + blockIdx.x; }
__device__ __noinline__ unsigned by_grid(unsigned x) { return x * gridDim.x; }
__device__ step steps[2] = {by_block, by_grid};

// An indirect call to functions that read the block index: must run whole.
extern "C" __global__ void indirect(unsigned *out, unsigned which) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  out[i] = steps[which & 1u](i);
}
