import type { KernelProfile, PositionWork } from '@lithos/core';
import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dynamicPower,
  IDLE_W,
  limitedPower,
  limitedSlope,
  meanBoardPower,
  positionEnergy,
} from './board-power.ts';
import { powerConstants } from './constants.ts';
import { nonNegativeLeastSquares } from './fit.ts';
import { measureTensorPerWork, tensorKind } from './tensor-work.ts';
import { meanTerms, POWER_TERMS } from './terms.ts';

const kernel = (name: string, threads = 128): KernelProfile['kernels'][number] => ({
  name,
  grid: threads === 0 ? [0, 0, 0] : [256, 1, 1],
  block: [threads, threads === 0 ? 0 : 1, threads === 0 ? 0 : 1],
  registersPerThread: 32,
  sharedMemoryBytes: 0,
});

/** An elementwise kernel, a counted and an estimated matrix kernel, and a memset. */
function profile(change: Partial<KernelProfile> = {}): KernelProfile {
  const work: PositionWork = {
    dramBytes: [40e6, 20e6, 40e6, 500e6],
    dramWriteBytes: [20e6, 10e6, 10e6, 500e6],
    l2Bytes: [50e6, 50e6, 50e6, 0],
    coldShare: [0, 0, 0, 0],
    tensorActive: [0, 0.8, 0.1, 0],
    warpInstructions: [1e6, 1e6, 1e6, 0],
    source: 'ccee',
  };
  return {
    schema: 'lithos/kernel-profile@1',
    id: 'made-up',
    kind: 'inference',
    model: 'made-up',
    batch: 1,
    measured: { device: 'h200', smClockMhz: 1980, driver: '' },
    iterationNs: 100_000,
    meanPowerW: 300,
    kernels: [kernel('vectorized_elementwise'), kernel('nvjet_hsh_128x128_'), kernel('memset', 0)],
    sequence: [0, 1, 1, 2],
    tpcCounts: [1, 66],
    durationNs: [
      [660_000, 1_320_000, 1_320_000, 1000],
      [20_000, 25_000, 25_000, 900],
    ],
    work,
    ...change,
  };
}

describe('tensorKind', () => {
  it.each([
    ['nvjet_sm90_hsh_64x64_64x16', 'nvjet-large'],
    ['nvjet_sm90_hsh_128x8_64x12', 'nvjet-small'],
    ['cudnn_generated_fort_native_sdpa_sm90_flash_fprop', 'attention-sm90'],
    ['fmha_cutlassF_f16_aligned_64x64_rf_sm80', 'attention-other'],
    ['sm90_xmma_fprop_implicit_gemm', 'matrix-sm90'],
    ['sm80_xmma_fprop_implicit_gemm', 'matrix-sm80'],
    ['cutlass_80_wmma_tensorop', 'matrix-sm80'],
    ['cutlass::Kernel2', 'matrix-other'],
    ['vectorized_elementwise_kernel', undefined],
    ['softmax_warp_forward', undefined],
  ])('%s is %s', (name, kind) => {
    expect(tensorKind(name)).toBe(kind);
  });
});

describe('the terms of a profile', () => {
  const perWork = powerConstants().tensorPerWork;

  it('are DRAM traffic beyond what L2 keeps, one-TPC time, and tensor time', () => {
    const [dram, simt, inference, other, training] = meanTerms(profile(), perWork);
    // 100 MB in 100 us are 1 TB/s, of which a third is not kept; the memset does not count.
    expect(dram).toBeCloseTo(1 / 3, 12);
    expect(simt).toBeCloseTo(0.1, 12);
    // Counted: 80 % of 25 us. Estimated: from 20 us of one-TPC time over 66 TPCs.
    expect(inference).toBeCloseTo(0.2 + 0.2 * perWork['nvjet-large'], 12);
    expect([other, training]).toEqual([0, 0]);
  });

  it('tell training from inference, and useful columns from padding', () => {
    const training = meanTerms(profile({ kind: 'training' }), perWork);
    expect(training[2]).toBe(0);
    expect(training[4]).toBeGreaterThan(0.2);
    const decode = meanTerms(profile({ phase: 'decode', batch: 2 }), perWork);
    expect(decode[2]).toBeCloseTo((training[4] ?? 0) / 4, 12);
  });

  it('measure tensor time per work on counted launches alone', () => {
    expect(measureTensorPerWork([profile()])).toMatchObject({ 'nvjet-large': 1, 'matrix-sm90': 0 });
  });
});

describe('the power model', () => {
  it('adds up: the energy of the positions is the dynamic power of the iteration', () => {
    const p = profile();
    const { wattsPerTerm, tensorPerWork } = powerConstants();
    const energy = positionEnergy(p).reduce((a, b) => a + b, 0);
    const dynamic = dynamicPower(meanTerms(p, tensorPerWork), wattsPerTerm);
    expect(energy / p.iterationNs).toBeCloseTo(dynamic, 9);
    expect(meanBoardPower(p)).toBeCloseTo(IDLE_W + limitedPower(dynamic), 9);
    expect(positionEnergy(p)[3]).toBe(0);
  });

  it('bends at the limit: monotonic, below 605 W, and untouched far below', () => {
    expect(limitedPower(0)).toBe(0);
    expect(limitedPower(100) / 100).toBeCloseTo(1, 4);
    assert(
      property(double({ min: 0, max: 5000, noNaN: true }), (watts) => {
        expect(limitedPower(watts)).toBeLessThanOrEqual(605);
        const step = 1e-3 * (watts + 1);
        const secant = (limitedPower(watts + step) - limitedPower(watts)) / step;
        expect(secant).toBeGreaterThanOrEqual(0);
        expect(Math.abs(secant - limitedSlope(watts + step / 2))).toBeLessThan(1e-3);
      }),
    );
  });

  it('has a constant for every term, none negative, with each family left out', () => {
    for (const family of [undefined, 'dlrm', 'llama3-8b', 'never-seen']) {
      const { wattsPerTerm } = powerConstants(family);
      expect(wattsPerTerm).toHaveLength(POWER_TERMS.length);
      for (const watts of wattsPerTerm) expect(watts).toBeGreaterThan(0);
    }
    expect(powerConstants('never-seen')).toBe(powerConstants());
    expect(powerConstants('dlrm')).not.toEqual(powerConstants());
  });
});

it('least squares finds coefficients, and holds at 0 what would be negative', () => {
  const rows = [
    [1, 0],
    [1, 1],
    [1, 2],
  ];
  const [a, b] = nonNegativeLeastSquares(rows, [1, 3, 5]);
  expect(a).toBeCloseTo(1, 9);
  expect(b).toBeCloseTo(2, 9);
  expect(nonNegativeLeastSquares(rows, [3, 2, 1])[1]).toBe(0);
});
