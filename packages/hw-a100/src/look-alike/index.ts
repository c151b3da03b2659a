export { calibrateLookAlikes, type LookAlikeTimer } from './calibrate.ts';
export {
  BUFFER_UNITS,
  type CalibratedGroup,
  type LookAlikeCalibration,
  lookAlikes,
  parseLookAlikeCalibration,
} from './calibration.ts';
export { type DeviceTimer, openDeviceTimer, type TimedDevice } from './device-timer.ts';
export type { BlockWork, LookAlikeKernel, LookAlikeShape } from './kernel.ts';
export { lookAlikeModule, lookAlikePlan, lookAlikePlans } from './plans.ts';
export { type LookAlikeError, lookAlikeErrors } from './report.ts';
