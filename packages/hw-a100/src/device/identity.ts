import { openCuda } from '../driver/cuda.ts';
import { ATTRIBUTE } from '../driver/cuda-prototypes.ts';
import { SMS_PER_TPC } from './info.ts';

/** Which GPU it is: known without a context on it. */
export interface GpuIdentity {
  /** As the driver names it: `NVIDIA H200`. */
  readonly name: string;
  readonly tpcs: number;
}

export function identifyGpu(ordinal: number): GpuIdentity {
  const cuda = openCuda();
  cuda.init();
  const device = cuda.device(ordinal);
  return {
    name: cuda.deviceName(device),
    tpcs: Math.floor(cuda.attribute(device, ATTRIBUTE.smCount) / SMS_PER_TPC),
  };
}
