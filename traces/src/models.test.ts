import { describe, expect, it } from 'vitest';
import { findModel, kvBytesPerToken, memoryBytes, modelMemoryBytes } from './models.ts';
import { loadProfile } from './node/profile-store.ts';

function model(id: string) {
  const found = findModel(id);
  if (found === undefined) throw new Error(id);
  return found;
}

const GB = 1e9;

describe('memory needs', () => {
  it('know the KV cache of a token', () => {
    expect(kvBytesPerToken(model('llama3-8b'))).toBe(131_072);
    expect(kvBytesPerToken(model('gptj-6b'))).toBe(458_752);
    expect(kvBytesPerToken(model('resnet50'))).toBe(0);
  });

  it('add weights, cache and activations', () => {
    const alone = modelMemoryBytes(model('llama3-8b'), { maxBatch: 1, maxContextTokens: 0 });
    expect(alone).toBeGreaterThan(16 * GB);
    expect(alone).toBeLessThan(17.5 * GB);
    const serving = modelMemoryBytes(model('llama3-8b'), { maxBatch: 16, maxContextTokens: 8192 });
    expect(serving - alone).toBeGreaterThan(16 * 8192 * 131_072);
  });

  it('are estimated from a profile', () => {
    const decode = memoryBytes(loadProfile('llama3-8b-decode-b8-c1024'));
    expect(decode).toBeGreaterThan(17 * GB);
    expect(decode).toBeLessThan(19 * GB);
    const training = memoryBytes(loadProfile('resnet50-train-b32'));
    expect(training).toBeGreaterThan(2 * GB);
    expect(training).toBeLessThan(5 * GB);
    expect(memoryBytes(loadProfile('resnet50-b8'))).toBeLessThan(1 * GB);
  });

  it('of an unknown model are what an iteration moves', () => {
    const profile = { ...loadProfile('resnet50-b8'), model: 'mine' };
    expect(memoryBytes(profile)).toBeGreaterThan(0.5 * GB);
  });
});
