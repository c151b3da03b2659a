import { expect, it } from 'vitest';
import { arrangeRequests, depthOf } from './requests.ts';

it('counts who waits and who is in the system, of very many requests, too', () => {
  const COUNT = 300_000;
  // Each waits for 25 ns and runs for 5; one comes every 10 ns.
  const drafts = Array.from({ length: COUNT }, (_, i) => ({
    tenant: 0,
    arrival: i * 10,
    start: i * 10 + 25,
    firstToken: Number.NaN,
    end: i * 10 + 30,
    number: i,
    inputTokens: 0,
    outputTokens: 0,
    missed: 0,
  }));
  const requests = arrangeRequests(drafts, 1);
  expect([...requests.lanes]).toEqual([3]);
  const depth = depthOf(requests, 0);
  expect(depth.mostWaiting).toBe(3);
  expect(depth.inSystem.reduce((a, b) => Math.max(a, b), 0)).toBe(3);
  expect(depth.time).toHaveLength(3 * COUNT);
  expect(depth.waiting.at(-1)).toBe(0);
});
