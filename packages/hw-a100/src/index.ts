export { Cuda, openCuda } from './driver/cuda.ts';
export { Nvml, openNvml } from './driver/nvml.ts';
export type { KernelParameter, KernelPlan, PtxModule } from './kernels/plan.ts';
export { RECORD, RECORD_BEGIN, RECORD_END } from './kernels/record.ts';
export { PORT_MODULE, spinPlan } from './kernels/spin.ts';
