import { expect, it } from 'vitest';
import { NO_FILTER } from '../data/filter.ts';
import type { RunData } from '../data/run-data.ts';
import { laneColours, type PlotRun, type PlotState } from './plot.ts';
import { tenantNames } from './run-names.ts';
import { tenantColour, theme } from './theme.ts';

const runOf = (...names: readonly string[]): PlotRun => {
  const data = {
    tenants: names.map((name) => ({ name })),
    sums: { series: names.map((_, tenant) => ({ tenant, stolen: false, dimmed: false })) },
  };
  return { open: { data: data as unknown as RunData }, sums: data.sums } as unknown as PlotRun;
};

it('gives a tenant one colour in all runs, wherever it stands in each', () => {
  const runs = [runOf('chat', 'train'), runOf('other', 'chat')];
  const names = tenantNames(runs.map(({ open }) => open.data));
  expect(names).toEqual(['chat', 'train', 'other']);
  const state = {
    theme: theme(false, names),
    hiddenTenants: new Set(),
    filter: NO_FILTER,
  } as unknown as PlotState;
  const [first, second] = runs.map((run) => laneColours(run, state).series);
  expect(second?.[1]).toBe(first?.[0]);
  expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(3);
  expect(tenantColour(state.theme, 'train')).toBe(first?.[1]);
});
