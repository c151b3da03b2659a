import { expect, it } from 'vitest';
import { alikeShares } from './overview-panel.ts';

it('compares latencies only of runs that left about the same share of requests unfinished', () => {
  const few = { requests: 200, unfinished: 2 };
  const most = { requests: 130, unfinished: 120 };
  expect(alikeShares([few, { requests: 400, unfinished: 9 }])).toBe(true);
  expect(alikeShares([few, most])).toBe(false);
  expect(alikeShares([most, few, undefined])).toBe(false);
  // A tenant without requests, or that a run does not have, says nothing.
  expect(alikeShares([few, { requests: 0, unfinished: 0 }])).toBe(true);
  expect(alikeShares([most, undefined])).toBe(true);
});
