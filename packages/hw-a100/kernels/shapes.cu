// Kernels that may be cut into atoms: grids of one, two and three dimensions, early return, calls.

extern "C" __global__ void fill_1d(unsigned *out, unsigned n) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n) out[i] = i * 2654435761u + gridDim.x;
}

// Every second block returns at once, and so do the threads past the end.
extern "C" __global__ void early_return(unsigned *out, unsigned n) {
  if (blockIdx.x & 1) return;
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n) return;
  out[i] = (i ^ blockIdx.x) + 7u;
}

// Stride by the whole grid: right only if gridDim is the original one.
extern "C" __global__ void grid_stride(const float *in, float *out, unsigned n) {
  for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
    out[i] = in[i] * 1.5f + (float)blockIdx.x;
}

extern "C" __global__ void transpose_2d(const float *in, float *out, unsigned width, unsigned height) {
  __shared__ float tile[8][9];
  unsigned x = blockIdx.x * 8 + threadIdx.x, y = blockIdx.y * 8 + threadIdx.y;
  if (x < width && y < height) tile[threadIdx.y][threadIdx.x] = in[y * width + x];
  __syncthreads();
  x = blockIdx.y * 8 + threadIdx.x;
  y = blockIdx.x * 8 + threadIdx.y;
  if (x < height && y < width) out[y * height + x] = tile[threadIdx.x][threadIdx.y];
}

extern "C" __global__ void stencil_3d(const float *in, float *out, int nx, int ny, int nz) {
  int x = blockIdx.x * blockDim.x + threadIdx.x;
  int y = blockIdx.y * blockDim.y + threadIdx.y;
  int z = blockIdx.z * blockDim.z + threadIdx.z;
  if (x >= nx || y >= ny || z >= nz) return;
  int i = (z * ny + y) * nx + x;
  float sum = in[i] * 0.5f;
  if (x > 0) sum += in[i - 1] * 0.25f;
  if (x + 1 < nx) sum += in[i + 1] * 0.125f;
  if (y > 0) sum += in[i - nx];
  if (y + 1 < ny) sum += in[i + nx] * 2.0f;
  if (z > 0) sum += in[i - nx * ny] * 3.0f;
  if (z + 1 < nz) sum += in[i + nx * ny] * 0.75f;
  out[i] = sum;
}

// Tiled matrix product, C = A x B, all n by n, n a multiple of 8.
extern "C" __global__ void matmul_tiled(const float *a, const float *b, float *c, unsigned n) {
  __shared__ float as[8][8], bs[8][8];
  unsigned row = blockIdx.y * 8 + threadIdx.y, column = blockIdx.x * 8 + threadIdx.x;
  float sum = 0.0f;
  for (unsigned k = 0; k < n; k += 8) {
    as[threadIdx.y][threadIdx.x] = a[row * n + k + threadIdx.x];
    bs[threadIdx.y][threadIdx.x] = b[(k + threadIdx.y) * n + column];
    __syncthreads();
    for (unsigned i = 0; i < 8; i++) sum += as[threadIdx.y][i] * bs[i][threadIdx.x];
    __syncthreads();
  }
  c[row * n + column] = sum;
}

// No parameters at all: writes to a variable of the module.
__device__ unsigned module_cells[4096];
extern "C" __global__ void no_parameters() {
  module_cells[(blockIdx.x * blockDim.x + threadIdx.x) & 4095u] = blockIdx.x + 1u;
}

extern "C" __global__ void copy_cells(unsigned *out) {
  unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < 4096u) out[i] = module_cells[i];
}
