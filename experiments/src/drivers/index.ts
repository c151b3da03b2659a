export { ClosedLoop } from './closed-loop.ts';
export type {
  Driver,
  DriverContext,
  HostCosts,
  Iteration,
  RequestSink,
  ServedRequest,
} from './driver.ts';
export { LlmServer } from './llm-server.ts';
export { LlmSteps, type MeasuredStep } from './llm-steps.ts';
export { RequestServer } from './request-server.ts';
