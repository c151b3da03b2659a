export * from './results.ts';
export * from './scenario-types.ts';
