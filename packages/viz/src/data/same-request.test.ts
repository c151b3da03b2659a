import { expect, it } from 'vitest';
import { arrangeRequests } from './requests.ts';
import type { TenantInfo } from './run-facts.ts';
import { requestRef, sameRequest } from './same-request.ts';

/** A run with requests of these tenants at these moments. */
function runOf(arrivals: Readonly<Record<string, readonly number[]>>) {
  const names = Object.keys(arrivals);
  const drafts = names.flatMap((name, tenant) =>
    (arrivals[name] ?? []).map((arrival) => ({
      tenant,
      arrival,
      start: arrival,
      firstToken: Number.NaN,
      end: arrival + 5,
      number: 0,
      inputTokens: 0,
      outputTokens: 0,
      missed: 0,
    })),
  );
  const tenants = names.map((name) => ({ name }) as TenantInfo);
  return { tenants, requests: arrangeRequests(drafts, names.length) };
}

it('finds a request in another run by its arrival, or by its place', () => {
  const one = runOf({ a: [1, 2, 3], b: [10, 20, 30] });
  const ref = requestRef(one, 4);
  expect(ref).toEqual({ tenant: 'b', arrivalNs: 20, ordinal: 1 });
  expect(sameRequest(runOf({ b: [5, 10, 20], c: [20] }), ref)).toBe(2);
  expect(sameRequest(runOf({ c: [20], b: [11, 21] }), ref)).toBe(2);
  expect(sameRequest(runOf({ b: [11] }), ref)).toBe(-1);
  expect(sameRequest(runOf({ c: [20] }), ref)).toBe(-1);
});
