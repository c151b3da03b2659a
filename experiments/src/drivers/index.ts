export { ClosedLoop } from './closed-loop.ts';
export type {
  Driver,
  DriverContext,
  FinishedRequest,
  HostCosts,
  Iteration,
  RequestSink,
} from './driver.ts';
export { LlmServer } from './llm-server.ts';
export { LlmSteps, type MeasuredStep } from './llm-steps.ts';
export { RequestServer } from './request-server.ts';
