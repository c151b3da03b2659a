// What compute capability 9.0 adds: clusters and dependent launches.
#include <cooperative_groups.h>
namespace cg = cooperative_groups;

extern "C" __global__ void __cluster_dims__(2, 1, 1) cluster_pair(unsigned *out) {
  __shared__ unsigned mine;
  cg::cluster_group cluster = cg::this_cluster();
  if (threadIdx.x == 0) mine = blockIdx.y * gridDim.x + blockIdx.x;
  cluster.sync();
  unsigned other = *cluster.map_shared_rank(&mine, cluster.block_rank() ^ 1u);
  unsigned id;
  asm volatile("mov.u32 %0, %%clusterid.x;" : "=r"(id));
  if (threadIdx.x == 0) out[blockIdx.y * gridDim.x + blockIdx.x] = other * 1000u + id;
  cluster.sync();
}

extern "C" __global__ void __cluster_dims__(2, 2, 1) cluster_square(unsigned *out) {
  cg::this_cluster().sync();
  out[blockIdx.y * gridDim.x + blockIdx.x] = cg::this_cluster().block_rank();
}

// The cluster's size is given at the launch.
extern "C" __global__ void cluster_at_launch(unsigned *out) {
  cg::this_cluster().sync();
  out[blockIdx.x] = cg::this_cluster().block_rank();
}

extern "C" __global__ void dependent_launch(unsigned *out) {
  asm volatile("griddepcontrol.wait;" ::: "memory");
  out[blockIdx.x] = out[blockIdx.x] + 1u;
  asm volatile("griddepcontrol.launch_dependents;");
}
