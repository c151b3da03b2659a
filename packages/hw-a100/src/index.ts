export { type AtomCase, type AtomReport, measureAtoms } from './bench/atoms.ts';
export { measureOverhead, type Overhead } from './bench/overhead.ts';
export { measureService, type ServiceAlone } from './bench/service.ts';
export { type Calibration, calibrate } from './calibrate/calibrate.ts';
export type { TimeSlices } from './calibrate/time-slices.ts';
export { ClockControl } from './device/clock-control.ts';
export { type ClockWatchdog, offeredClocks, startClockWatchdog } from './device/clock-watchdog.ts';
export { contractRig } from './device/contract.ts';
export { missingFigures, missingFiguresOf } from './device/figures.ts';
export type { HardwareDevice } from './device/hardware-device.ts';
export type { HardwareCounters } from './device/hardware-parts.ts';
export { type GpuIdentity, identifyGpu } from './device/identity.ts';
export type { HwLaunchable } from './device/launchable.ts';
export { type Granularity, type OpenOptions, openHardware } from './device/open.ts';
export { type SelfTest, selfTest } from './device/self-test.ts';
export { type DoctorOptions, doctor } from './doctor/doctor.ts';
export { findMps } from './doctor/mps.ts';
export type { DoctorReport, Finding } from './doctor/report.ts';
export { Cuda, openCuda } from './driver/cuda.ts';
export { type MigInstance, Nvml, openNvml } from './driver/nvml.ts';
export type { KernelParameter, KernelPlan, PtxModule } from './kernels/plan.ts';
export { RECORD, RECORD_BEGIN, RECORD_END } from './kernels/record.ts';
export { PORT_MODULE, spinPlan } from './kernels/spin.ts';
export {
  type LookAlikeCalibration,
  type LookAlikeError,
  lookAlikeErrors,
  lookAlikePlans,
  lookAlikeProfile,
} from './look-alike/index.ts';
export { type MpsDaemon, startMps, usersMps, withoutMps } from './mps/daemon.ts';
export {
  type AtomCheck,
  checkAtoms,
  type Splitting,
  splitPtx,
  type UserLaunch,
  type UserModule,
  type UserPlan,
  userModule,
} from './ptx/index.ts';
export { buildStandIn, type StandIn } from './testing/stand-in.ts';
export { findCalibration, makeCalibrations } from './work/calibrations.ts';
export { type Planner, ProfileWork } from './work/profile-work.ts';
export { PtxRequests } from './work/ptx-requests.ts';
