import { expect, it } from 'vitest';
import type { OpenRun } from '../data/open-in-worker.ts';
import type { PlotRun } from './plot.ts';
import { linkOfSelection, selectionOfLink } from './selection-link.ts';

const runOf = (kind: 'url' | 'memory'): PlotRun =>
  ({
    open: { source: { kind }, data: { requests: { count: 3 } } } as unknown as OpenRun,
  }) as PlotRun;

it('counts only runs that a link keeps, and keeps no selection of another', () => {
  const simulated = runOf('memory');
  const opened = runOf('url');
  const gone = runOf('url');
  const runs = [simulated, opened];
  const of = ({ open }: PlotRun) => ({ kind: 'request', run: open, index: 2 }) as const;
  expect(linkOfSelection(of(opened), runs)).toBe('request:0:2');
  expect(linkOfSelection(of(simulated), runs)).toBeUndefined();
  expect(linkOfSelection(of(gone), runs)).toBeUndefined();
  expect(selectionOfLink('request:0:2', runs)).toEqual(of(opened));
  expect(selectionOfLink('request:1:2', runs)).toBeUndefined();
  expect(selectionOfLink('request:-1:2', runs)).toBeUndefined();
});
