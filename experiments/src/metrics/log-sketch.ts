/**
 * Counts of positive numbers in buckets of at most 0.1 % relative width: each power of two is cut
 * into 1024 equal parts. The bucket is the number's exponent and the first ten bits of its fraction,
 * taken from its bits, so that no logarithm (whose last bit differs among JavaScript engines) is
 * needed. Numbers below one have a bucket of their own, and count as zero.
 */
export class LogSketch {
  /** Numbers from 1 to 2^54: 54 powers of two. */
  private readonly counts = new Float64Array(54 * BUCKETS_PER_OCTAVE);
  private readonly float = new Float64Array(1);
  private readonly words = new Uint32Array(this.float.buffer);
  private belowOne = 0;
  /** Numbers added. */
  size = 0;

  add(value: number): void {
    this.size += 1;
    if (value < 1) {
      this.belowOne += 1;
      return;
    }
    this.float[0] = value;
    const bucket = ((this.words[HIGH_WORD] as number) >>> FRACTION_SHIFT) - FIRST;
    const index = Math.min(bucket, this.counts.length - 1);
    this.counts[index] = (this.counts[index] as number) + 1;
  }

  /** The middle of the bucket that holds number `rank`, from 1, in ascending order. */
  atRank(rank: number): number {
    let seen = this.belowOne;
    if (seen >= rank) return 0;
    for (let index = 0; index < this.counts.length; index++) {
      seen += this.counts[index] as number;
      if (seen >= rank) return (lowerBound(index) + lowerBound(index + 1)) / 2;
    }
    throw new RangeError(`rank ${rank} of ${this.size}`);
  }
}

const BUCKETS_PER_OCTAVE = 1024;
/** Of the 20 fraction bits in a double's high word, ten are kept. */
const FRACTION_SHIFT = 10;
/** The high word of 1.0, shifted. */
const FIRST = 0x3ff00000 >>> FRACTION_SHIFT;
/** Where the high word of a double stands in memory on this machine. */
const HIGH_WORD = new Uint32Array(Float64Array.of(1).buffer)[0] === 0 ? 1 : 0;

function lowerBound(index: number): number {
  const octave = 2 ** Math.floor(index / BUCKETS_PER_OCTAVE);
  return octave * (1 + (index % BUCKETS_PER_OCTAVE) / BUCKETS_PER_OCTAVE);
}
