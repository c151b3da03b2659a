/**
 * Elementary functions whose results have the same bits in every JavaScript engine.
 * `Math.log` and `Math.exp` may differ in the last bit between engines and their versions; these
 * are built of + - * / and bit operations alone, which IEEE 754 fixes.
 *
 * The algorithms and constants are those of fdlibm's e_log.c and e_exp.c; errors are below one unit
 * in the last place. Their notice:
 *
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunSoft, a Sun Microsystems, Inc. business.
 * Permission to use, copy, modify, and distribute this software is freely granted, provided that
 * this notice is preserved.
 */

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
/** Index of the word with sign and exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const LOW = 1 - HIGH;

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_54 = 18014398509481984;

/** Polynomial of log((1 + s) / (1 - s)) in s². */
const L1 = 0.6666666666666735;
const L2 = 0.3999999999940942;
const L3 = 0.2857142874366239;
const L4 = 0.22222198432149784;
const L5 = 0.1818357216161805;
const L6 = 0.15313837699209373;
const L7 = 0.14798198605116586;

/** Natural logarithm. */
export function log(x: number): number {
  double[0] = x;
  let high = words[HIGH] as number;
  let exponent = 0;
  if (high < 0x00100000) {
    if (x === 0) return Number.NEGATIVE_INFINITY;
    if (high < 0) return Number.NaN;
    exponent = -54;
    double[0] = x * TWO_54;
    high = words[HIGH] as number;
  }
  if (high >= 0x7ff00000) return x;
  // x = 2^exponent * (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).
  exponent += (high >> 20) - 1023;
  high &= 0xfffff;
  const carry = (high + 0x95f64) & 0x100000;
  words[HIGH] = high | (carry ^ 0x3ff00000);
  exponent += carry >> 20;
  const f = (double[0] as number) - 1;
  if ((0xfffff & (2 + high)) < 3) {
    if (f === 0) return exponent === 0 ? 0 : exponent * LN2_HIGH + exponent * LN2_LOW;
    const r = f * f * (0.5 - (1 / 3) * f);
    return exponent === 0 ? f - r : exponent * LN2_HIGH - (r - exponent * LN2_LOW - f);
  }
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const r = z * (L1 + w * (L3 + w * (L5 + w * L7))) + w * (L2 + w * (L4 + w * L6));
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const half = 0.5 * f * f;
    if (exponent === 0) return f - (half - s * (half + r));
    return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f);
  }
  if (exponent === 0) return f - s * (f - r);
  return exponent * LN2_HIGH - (s * (f - r) - exponent * LN2_LOW - f);
}

const INV_LN2 = Math.LOG2E;
/** Largest argument with a finite result, and the smallest with one that is not zero. */
const EXP_OVERFLOW = 709.782712893384;
const EXP_UNDERFLOW = -745.1332191019411;

/** Polynomial of x - x (e^x - 1 ...) in x². */
const P1 = 0.16666666666666602;
const P2 = -0.0027777777777015593;
const P3 = 0.00006613756321437934;
const P4 = -0.0000016533902205465252;
const P5 = 4.1381367970572385e-8;

/** 2^k for an integer k with -1022 <= k <= 1023. */
function powerOfTwo(k: number): number {
  words[HIGH] = (k + 1023) << 20;
  words[LOW] = 0;
  return double[0] as number;
}

/** e to the power of x. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > EXP_OVERFLOW) return Number.POSITIVE_INFINITY;
  if (x < EXP_UNDERFLOW) return 0;
  const size = Math.abs(x);
  if (size < 3.725290298461914e-9) return 1 + x;
  // x = k ln 2 + (high - low), the remainder at most ln 2 / 2.
  let k = 0;
  let high = x;
  let low = 0;
  if (size > 0.5 * (LN2_HIGH + LN2_LOW)) {
    k = Math.trunc(INV_LN2 * x + (x < 0 ? -0.5 : 0.5));
    high = x - k * LN2_HIGH;
    low = k * LN2_LOW;
  }
  const rest = high - low;
  const t = rest * rest;
  const c = rest - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))));
  if (k === 0) return 1 - ((rest * c) / (c - 2) - rest);
  const y = 1 - (low - (rest * c) / (2 - c) - high);
  if (k < -1021) return y * powerOfTwo(k + 200) * powerOfTwo(-200);
  return k === 1024 ? y * 2 * powerOfTwo(1023) : y * powerOfTwo(k);
}

/** x to the power of y for x > 0, to some units in the last place. */
export function pow(x: number, y: number): number {
  return exp(y * log(x));
}
