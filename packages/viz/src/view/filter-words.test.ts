import { expect, it } from 'vitest';
import { NO_FILTER } from '../data/filter.ts';
import { filterWords } from './filter-words.ts';

it('says every condition of a filter, and nothing without one', () => {
  expect(filterWords(NO_FILTER)).toBe('');
  expect(filterWords({ ...NO_FILTER, kernel: 'gemm', prediction: 'missed' })).toBe(
    'Kernel: “gemm” · Prediction: off by more than 50 µs',
  );
  expect(filterWords({ ...NO_FILTER, held: 'own', size: 'right-sized', launch: 'whole' })).toBe(
    'TPCs: own quota, or nobody’s · Size: right-sized · Launch: whole',
  );
});
