export { deviceInfo } from './device/info.ts';
export { SimulatedDevice } from './device/simulated-device.ts';
export { DEVICES, findDevice } from './devices/registry.ts';
export { Engine } from './engine/engine.ts';
export type { DeviceFile, Sourced } from './model/device-model.ts';
export { KernelInterner, prepareProfile, type SimKernel } from './model/sim-kernel.ts';
