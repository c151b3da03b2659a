/**
 * Look-alikes: kernels that stand in for those of a profile on a real GPU.
 *
 * A profile says how long each launch took on 8, 16, 33 TPCs and on the whole device. A look-alike has
 * the launch's blocks, threads, registers (by class) and blocks per SM, and each of its blocks does some
 * work, the same wherever it runs: multiply-adds that fill the SM, a chain of dependent ones (latency),
 * reads and writes of fresh memory, and a chain that the grid's first block does alone. How much of each
 * is found by measuring, once per profile and device, in about 2 s for 100 distinct launches:
 *
 *   const timer = openDeviceTimer({ cuda, name, sm, sms, tpcs, streamOn });
 *   const calibration = calibrateLookAlikes(timer, profile);   // keep: printLookAlikeCalibration
 *   timer.close();
 *   lookAlikeErrors(calibration);                               // how near, per TPC count
 *   lookAlikePlans(profile, calibration, sm, sms);              // a KernelPlan per position
 *
 * `lookAlikes` is the pure part (which kernel, how much work, where it reads). The entries are in
 * `kernels/look-alike.cu`; they keep the completion record by themselves and may be cut at any block.
 * A calibration holds for one device and one version of that module.
 */
export { calibrateLookAlikes } from './calibrate.ts';
export {
  type LookAlikeCalibration,
  parseLookAlikeCalibration,
  printLookAlikeCalibration,
} from './calibration.ts';
export { openDeviceTimer } from './device-timer.ts';
export { lookAlikePlan, lookAlikePlans } from './plans.ts';
export { lookAlikeProfile } from './profile.ts';
export { type LookAlikeError, lookAlikeErrors } from './report.ts';
