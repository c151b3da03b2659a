import { expect, it } from 'vitest';
import { LATENCY_LIMITS, latencyLimit } from './mlperf-limits.ts';
import { findModel } from './models.ts';

it('has a limit for every model of ours that the benchmark has', () => {
  expect(latencyLimit('resnet50')).toMatchObject({ latencyMs: 15 });
  expect(latencyLimit('bert-large')).toMatchObject({ latencyMs: 130 });
  expect(latencyLimit('llama3-8b')).toMatchObject({ ttftMs: 2000, tpotMs: 100 });
  expect(latencyLimit('llama3-8b', 'interactive')).toMatchObject({ ttftMs: 500, tpotMs: 30 });
  expect(latencyLimit('vgg19')).toBeUndefined();
});

it('names models that there are', () => {
  for (const { model } of LATENCY_LIMITS) {
    if (model !== undefined) expect(findModel(model), model).toBeDefined();
  }
});
