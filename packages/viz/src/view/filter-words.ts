import { conditionsOf, type Filter } from '../data/filter.ts';

/** What each choice of a condition is called, in the order in which they are offered. */
export const HELD: Choices<'held'> = [
  ['own', 'own quota, or nobody’s'],
  ['stolen', 'stolen'],
];
export const PREDICTION: Choices<'prediction'> = [
  ['met', 'within 50 µs'],
  ['missed', 'off by more than 50 µs'],
  ['none', 'none made'],
];
export const SIZE: Choices<'size'> = [
  ['right-sized', 'right-sized'],
  ['as-asked', 'not right-sized'],
];
export const LAUNCH: Choices<'launch'> = [
  ['whole', 'whole'],
  ['cut', 'cut into atoms'],
];

export type Condition = Exclude<keyof Filter, 'kernel'>;
export type Choices<K extends Condition> = readonly (readonly [NonNullable<Filter[K]>, string])[];

export const CONDITIONS: Readonly<Record<Condition, string>> = {
  held: 'TPCs',
  prediction: 'Prediction',
  size: 'Size',
  launch: 'Launch',
};

/** A filter in words; nothing if it has no conditions. */
export function filterWords(filter: Filter): string {
  if (conditionsOf(filter) === 0) return '';
  const part = <K extends Condition>(condition: K, choices: Choices<K>): string => {
    const name = choices.find(([value]) => value === filter[condition])?.[1];
    return name === undefined ? '' : `${CONDITIONS[condition]}: ${name}`;
  };
  return [
    filter.kernel === '' ? '' : `Kernel: “${filter.kernel}”`,
    part('held', HELD),
    part('prediction', PREDICTION),
    part('size', SIZE),
    part('launch', LAUNCH),
  ]
    .filter((words) => words !== '')
    .join(' · ');
}
