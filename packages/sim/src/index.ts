export { deviceInfo } from './device/info.ts';
export { SimulatedDevice } from './device/simulated-device.ts';
export { DEVICES, findDevice, useDevice } from './devices/registry.ts';
export { validateDeviceFile } from './devices/validate.ts';
export { Engine } from './engine/engine.ts';
export { DurationCurve, interpolateDuration } from './latency/duration-curve.ts';
export { ClassFit } from './latency/fit.ts';
export { constantsWithout } from './latency/left-out.ts';
export { profiledLatencyKernel } from './latency/profiled.ts';
export { TwoSampleLaw, twoSampleDuration } from './latency/two-samples.ts';
export type { LatencyKernel } from './latency/waves.ts';
export { ATOM_PATHS, type AtomPath, type DeviceFile, type Sourced } from './model/device-model.ts';
export { ptxProfile } from './model/ptx-profile.ts';
export { type RooflineWork, rooflineKernel } from './model/roofline.ts';
export { prepareProfile, type SimKernel } from './model/sim-kernel.ts';
export {
  inSegments,
  partCount,
  partOf,
  type SimLaunchable,
  segmentsOn,
} from './model/sim-segment.ts';
export { withVisibleTpcs } from './model/visible-tpcs.ts';
export { meanBoardPower } from './power/board-power.ts';
export { powerConstants } from './power/constants.ts';
export { fitPower } from './power/fit.ts';
