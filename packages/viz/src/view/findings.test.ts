import type { RunSummary } from '@lithos/experiments';
import { expect, it } from 'vitest';
import { arrangeRequests, type Draft } from '../data/requests.ts';
import type { RunData } from '../data/run-data.ts';
import type { TenantInfo } from '../data/run-facts.ts';
import { type Finding, findings } from './findings.ts';
import type { PlotRun } from './plot.ts';

const none = Number.NaN;
const request = (arrival: number, change: Partial<Draft>): Draft => ({
  tenant: 0,
  arrival: arrival * 1e6,
  start: none,
  firstToken: none,
  end: none,
  number: none,
  inputTokens: none,
  outputTokens: none,
  missed: 0,
  ...change,
});

/** What is found of one tenant with these requests, in a run of 1 s. */
function found(llm: boolean, drafts: readonly Draft[], completed: number): Finding | undefined {
  const tenant: Partial<TenantInfo> = { name: 'chat', class: 'hp', llm, slo: { ttftNs: 1 } };
  const unfinished = drafts.length - completed;
  const result = { name: 'chat', requests: drafts.length, completed, unfinished };
  const data: Partial<RunData> = {
    name: 'r',
    manifest: { policy: 'mps', seed: 1, parameters: {} } as RunData['manifest'],
    tenants: [tenant as TenantInfo],
    requests: arrangeRequests([...drafts], 1),
    summary: { tenants: [result] } as unknown as RunSummary,
    durationNs: 1e9,
    warmupNs: 0,
  };
  return findings([{ open: { data } } as PlotRun])[0];
}

it('measures an LLM by the first token, of requests that completed and of those that did not', () => {
  const finding = found(
    true,
    [
      request(0, { start: 1e6, firstToken: 300e6, end: 500e6 }),
      request(10, { start: 11e6, firstToken: 310e6, end: 600e6 }),
      request(20, { firstToken: 420e6 }),
    ],
    2,
  );
  expect(finding?.text).toContain('half of its requests wait 300 ms or more for the first token');
  expect(finding?.worst).toBe(2);
});

it('measures anything else by its completion; what did not complete took until the end', () => {
  const finding = found(
    false,
    [
      request(0, { start: 0, end: 5e6 }),
      request(100, { start: 100e6, end: 108e6 }),
      request(900, {}),
    ],
    2,
  );
  expect(finding?.text).toContain('half of its requests take 8 ms or more');
  expect(finding).toMatchObject({ worst: 2, from: 900e6, to: 1e9 });
});

it('gives the reason of a cross: the one request there was never completed', () => {
  const finding = found(true, [request(0, {})], 0);
  expect(finding?.good).toBe(false);
  expect(finding?.text).toContain('1 of 1 never completed');
});
