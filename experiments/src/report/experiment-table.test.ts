import { describe, expect, it } from 'vitest';
import type { Findings } from '../experiments/types.ts';
import { experimentTable } from './experiment-table.ts';

const FINDINGS: Findings = {
  claims: [
    { id: 'saved', paper: 26, ours: 30.5, unit: '%', better: 'higher', meets: true, ci95: 1.2 },
    { id: 'tail', paper: 7, ours: 9, unit: '%', better: 'lower', meets: false, note: 'a note' },
  ],
  tables: [
    {
      id: 'models',
      title: 'Models',
      columns: [{ title: 'model' }, { title: 'ms', digits: 2 }],
      rows: [
        ['a', 1.234],
        ['b', undefined],
      ],
    },
  ],
  charts: [],
};

describe('experimentTable', () => {
  it('sets our figures beside the paper’s', () => {
    expect(experimentTable('Title', FINDINGS, { width: 80 })).toBe(
      `Title

claim  paper  ours  ± 95 %  unit
saved   ≥ 26  30.5     1.2  %     met
tail     ≤ 7     9          %     missed

tail: a note.

Models

model    ms
a      1.23
b`,
    );
  });

  it('marks what is missed', () => {
    const bad = (text: string): string => `!${text}!`;
    const same = (text: string): string => text;
    const paint = { bold: same, dim: same, good: same, bad };
    expect(experimentTable('T', FINDINGS, { width: 80, paint })).toContain('!missed!');
  });
});
