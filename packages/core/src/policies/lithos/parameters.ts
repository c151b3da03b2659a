import type { PolicyParameter } from '../../policy.ts';
import { MS, SECOND, US } from '../../units.ts';

/** Every tunable of the LithOS policy. */
export const PARAMETERS = {
  'outstanding.limit': {
    default: 100 * US,
    unit: 'ns',
    min: 0,
    max: SECOND,
    description:
      'predicted work of a stream waiting on the device above which nothing more is submitted',
    source: 'LithOS section 5.3: 100 us cover the communication with the device',
  },
  'atomizer.quantum': {
    default: 500 * US,
    unit: 'ns',
    min: 10 * US,
    max: SECOND,
    description: 'predicted length above which stolen work is cut into atoms of this length',
    source: 'LithOS section 5.4: 250 to 500 us work well',
  },
  atomizer: {
    default: 1,
    unit: 'switch',
    min: 0,
    max: 1,
    description: 'cut long kernels on stolen TPCs into atoms',
    source: 'LithOS section 5.4',
  },
  'atomizer.overhead': {
    default: 0.1,
    unit: 'share',
    min: 0.001,
    max: 1,
    description:
      'how much cutting may add to a kernel; where atoms cost more than that there are fewer',
    source: 'LithOS section 5.4 adapts to large grids; its atoms cost best-effort work about 10 %',
  },
  stealing: {
    default: 1,
    unit: 'switch',
    min: 0,
    max: 1,
    description: 'run on idle TPCs that the quota of another tenant covers',
    source: 'LithOS section 5.3',
  },
  'stealing.after': {
    default: 50 * US,
    unit: 'ns',
    min: 0,
    max: 100 * MS,
    description: 'how long an owner must have been without work before its TPCs may be stolen',
    source: 'chosen: longer than a synchronisation and a graph launch, 16 us',
  },
  'stealing.best-effort-share': {
    default: 0.35,
    unit: 'share',
    min: 0,
    max: 1,
    description:
      'part of the idle TPCs kept for best-effort tenants while high-priority ones steal',
    source: 'chosen so that best-effort work is not starved by a closed-loop high-priority tenant',
  },
  'stealing.unseen-share': {
    default: 0.5,
    unit: 'share',
    min: 0.01,
    max: 1,
    description: 'part of the TPCs it might steal that a launch never seen before gets',
    source: 'chosen: should it never end, each owner keeps about half of its quota',
  },
  'best-effort.minimum-share': {
    default: 0,
    unit: 'share',
    min: 0,
    max: 0.5,
    description:
      'part of the device that best-effort tenants with work always have; quotas shrink by it',
    source: '0, as in LithOS, where best-effort work has no quota and only steals',
  },
  'overdue.after': {
    default: SECOND,
    unit: 'ns',
    min: 10 * MS,
    max: 100 * SECOND,
    description:
      'how long an atom may be on the device, if predicted shorter, before its tenant may not steal',
    source: 'chosen: far above any atom, below the 5 s of the watchdog',
  },
  'right-sizing': {
    default: 0,
    unit: 'switch',
    min: 0,
    max: 1,
    description:
      'run each kernel on the fewest TPCs that keep it within the slip, and lend the others',
    source: 'LithOS section 5.5; off in its multi-tenant evaluation, as here',
  },
  'right-sizing.slip': {
    default: 1.1,
    unit: 'factor',
    min: 1,
    max: 10,
    description: 'how much longer than on all its TPCs a right-sized kernel may take, as a factor',
    source: 'LithOS section 8.2',
  },
  power: {
    default: 0,
    unit: 'switch',
    min: 0,
    max: 1,
    description: 'lower the SM clock as far as the slip of the most sensitive tenant allows',
    source: 'LithOS section 5.6; off in its multi-tenant evaluation, as here',
  },
  'power.slip': {
    default: 1.1,
    unit: 'factor',
    min: 1,
    max: 10,
    description: 'how much longer than at the greatest clock a tenant may take, as a factor',
    source: 'LithOS section 8.3',
  },
} as const satisfies Record<string, PolicyParameter>;
