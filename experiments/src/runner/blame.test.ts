import { LithosError } from '@lithos/core';
import { expect, it } from 'vitest';
import { blamed } from './blame.ts';

const lost = new LithosError('E_CUDA_LOST', 'cuStreamQuery failed', 'look', 1);
const mine = { tenant: 'mine', kernel: 'step' };

it('says whose own kernel was running when a device was lost', () => {
  expect(blamed(lost, [mine])).toMatchObject({
    code: 'E_CUDA_LOST',
    message: "cuStreamQuery failed; own kernel 'step' of tenant 'mine' was running",
    fix: 'look',
    exitCode: 1,
  });
  const fault = new LithosError('E_DEVICE_FAULT', 'the device failed', undefined, 1);
  expect(blamed(fault, [mine, { tenant: 'other', kernel: 'k' }])).toMatchObject({
    message:
      "the device failed; own kernels were running: 'step' of tenant 'mine', 'k' of tenant 'other'",
    fix: 'check the PTX module, its arguments, and the sizes of its buffers',
  });
});

it('leaves other errors as they are', () => {
  expect(blamed(lost, [])).toBe(lost);
  const other = new LithosError('E_RUN', 'no energy');
  expect(blamed(other, [mine])).toBe(other);
  const bug = new Error('a bug');
  expect(blamed(bug, [mine])).toBe(bug);
});
