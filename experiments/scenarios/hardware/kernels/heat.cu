// Heat in a box of nx x ny x nz cells, explicit steps; the box's surface keeps its temperature.
// heat.ptx was made from this with nvcc 13.0: nvcc -ptx -arch=sm_80 heat.cu

extern "C" __global__ void heat_step(const float *from, float *to, int nx, int ny, int nz, float rate) {
  int x = blockIdx.x * blockDim.x + threadIdx.x;
  int y = blockIdx.y * blockDim.y + threadIdx.y;
  int z = blockIdx.z * blockDim.z + threadIdx.z;
  if (x >= nx || y >= ny || z >= nz) return;
  long long row = nx, plane = row * ny, i = z * plane + y * row + x;
  float own = from[i];
  if (x == 0 || y == 0 || z == 0 || x == nx - 1 || y == ny - 1 || z == nz - 1) {
    to[i] = own;
    return;
  }
  float around = from[i - 1] + from[i + 1] + from[i - row] + from[i + row] + from[i - plane] + from[i + plane];
  to[i] = own + rate * (around - 6.0f * own);
}

// Each block adds up blockDim.x cells, a power of two of them, in shared memory.
extern "C" __global__ void heat_sums(const float *cells, float *sums, int count) {
  extern __shared__ float part[];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  part[threadIdx.x] = i < count ? cells[i] : 0.0f;
  __syncthreads();
  for (int n = blockDim.x / 2; n > 0; n /= 2) {
    if (threadIdx.x < n) part[threadIdx.x] += part[threadIdx.x + n];
    __syncthreads();
  }
  if (threadIdx.x == 0) sums[blockIdx.x] = part[0];
}
