export * from './device.ts';
export * from './errors.ts';
export * from './host.ts';
export * from './kernel.ts';
export * from './kernel-interner.ts';
export * from './launch-queue.ts';
export * from './math.ts';
export * from './nearest.ts';
export * from './occupancy.ts';
export { resolveParameters } from './parameters.ts';
export * from './policies/registry.ts';
export { timeSlicing } from './policies/time-slicing.ts';
export * from './policy.ts';
export * from './profile.ts';
export * from './ptx-work.ts';
export * from './scheduler.ts';
export * from './segments.ts';
export * from './submission.ts';
export {
  type ContractCheck,
  type ContractRig,
  PORT_CONTRACT,
  type SpinLaunch,
} from './testing/port-contract.ts';
export * from './tpc-set.ts';
export * from './units.ts';
