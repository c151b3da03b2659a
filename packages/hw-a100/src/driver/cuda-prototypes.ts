/**
 * Every driver call that is used, by the names that libcuda exports (CUDA 13.0 headers, cuda.h):
 * the suffix is the version of the signature. Handles and device addresses are 64-bit integers.
 */
export const CUDA_PROTOTYPES: readonly string[] = [
  'int cuInit(uint32_t flags)',
  'int cuDriverGetVersion(void *version)',
  'int cuGetErrorName(int error, void *text)',
  'int cuGetErrorString(int error, void *text)',
  'int cuDeviceGetCount(void *count)',
  'int cuDeviceGet(void *device, int ordinal)',
  'int cuDeviceGetName(void *name, int length, int device)',
  'int cuDeviceGetUuid_v2(void *uuid, int device)',
  'int cuDeviceGetAttribute(void *value, int attribute, int device)',
  'int cuDeviceTotalMem_v2(void *bytes, int device)',
  'int cuDevicePrimaryCtxRetain(void *context, int device)',
  'int cuDevicePrimaryCtxRelease_v2(int device)',
  'int cuCtxSetCurrent(uint64_t context)',
  'int cuCtxSynchronize()',
  'int cuCtxGetStreamPriorityRange(void *least, void *greatest)',
  'int cuMemAlloc_v2(void *address, size_t bytes)',
  'int cuMemFree_v2(uint64_t address)',
  'int cuMemGetInfo_v2(void *free, void *total)',
  'int cuMemHostAlloc(void *pointer, size_t bytes, uint32_t flags)',
  'int cuMemFreeHost(uint64_t pointer)',
  'int cuMemHostGetDevicePointer_v2(void *address, uint64_t pointer, uint32_t flags)',
  'int cuMemsetD32_v2(uint64_t address, uint32_t value, size_t count)',
  'int cuMemcpyHtoD_v2(uint64_t to, const void *from, size_t bytes)',
  'int cuMemcpyDtoH_v2(void *to, uint64_t from, size_t bytes)',
  'int cuModuleLoadDataEx(void *module, const void *image, uint32_t options, void *keys, void *values)',
  'int cuModuleUnload(uint64_t module)',
  'int cuModuleGetFunction(void *function, uint64_t module, const char *name)',
  'int cuFuncGetAttribute(void *value, int attribute, uint64_t function)',
  'int cuFuncSetAttribute(uint64_t function, int attribute, int value)',
  'int cuOccupancyMaxActiveBlocksPerMultiprocessor(void *blocks, uint64_t function, int blockSize, size_t dynamicBytes)',
  'int cuLaunchKernel(uint64_t function, uint32_t gx, uint32_t gy, uint32_t gz, uint32_t bx, uint32_t by, uint32_t bz, uint32_t sharedBytes, uint64_t stream, uint64_t parameters, uint64_t extra)',
  'int cuStreamCreateWithPriority(void *stream, uint32_t flags, int priority)',
  'int cuStreamDestroy_v2(uint64_t stream)',
  'int cuStreamSynchronize(uint64_t stream)',
  'int cuStreamQuery(uint64_t stream)',
  'int cuStreamWaitEvent(uint64_t stream, uint64_t event, uint32_t flags)',
  'int cuStreamBeginCapture_v2(uint64_t stream, int mode)',
  'int cuStreamEndCapture(uint64_t stream, void *graph)',
  'int cuEventCreate(void *event, uint32_t flags)',
  'int cuEventDestroy_v2(uint64_t event)',
  'int cuEventRecord(uint64_t event, uint64_t stream)',
  'int cuEventQuery(uint64_t event)',
  'int cuGraphInstantiateWithFlags(void *exec, uint64_t graph, uint64_t flags)',
  'int cuGraphLaunch(uint64_t exec, uint64_t stream)',
  'int cuGraphUpload(uint64_t exec, uint64_t stream)',
  'int cuGraphExecDestroy(uint64_t exec)',
  'int cuGraphDestroy(uint64_t graph)',
  'int cuDeviceGetDevResource(int device, void *resource, int type)',
  'int cuDevSmResourceSplitByCount(void *result, void *groups, const void *input, void *remaining, uint32_t flags, uint32_t minCount)',
  'int cuDevResourceGenerateDesc(void *descriptor, const void *resources, uint32_t count)',
  'int cuGreenCtxCreate(void *context, uint64_t descriptor, int device, uint32_t flags)',
  'int cuGreenCtxDestroy(uint64_t context)',
  'int cuGreenCtxStreamCreate(void *stream, uint64_t context, uint32_t flags, int priority)',
];

/** Calls of drivers from CUDA 12.5 on, without which launches cannot be confined to TPCs. */
export const GREEN_CONTEXT_CALLS = [
  'cuDeviceGetDevResource',
  'cuDevSmResourceSplitByCount',
  'cuDevResourceGenerateDesc',
  'cuGreenCtxCreate',
  'cuGreenCtxDestroy',
  'cuGreenCtxStreamCreate',
] as const;

/** `CUdevice_attribute` values. */
export const ATTRIBUTE = {
  maxThreadsPerBlock: 1,
  warpSize: 10,
  clockKhz: 13,
  smCount: 16,
  computeMode: 20,
  l2Bytes: 38,
  maxThreadsPerSm: 39,
  computeMajor: 75,
  computeMinor: 76,
  streamPriorities: 78,
  sharedMemoryPerSm: 81,
  registersPerSm: 82,
  sharedMemoryPerBlockOptin: 97,
  blocksPerSm: 106,
  reservedSharedMemoryPerBlock: 111,
} as const;

/** `CUfunction_attribute` values. */
export const FUNCTION_ATTRIBUTE = { sharedBytes: 1, registers: 4, maxDynamicShared: 8 } as const;

/** Bytes of a `CUdevResource`, and where its fields are (CUDA 12.4 to 13.x). */
export const DEV_RESOURCE = { bytes: 144, type: 0, smCount: 96, minPartition: 100, alignment: 104 };
