import type { KernelShape, Launchable } from './kernel.ts';
import type { KernelProfile } from './profile.ts';
import { type Ns, US } from './units.ts';

/** Segments of about this length on the whole device: what is kept outstanding on a stream. */
export const SEGMENT_NS: Ns = 100 * US;
/** A launch of more than this part of a segment is submitted by itself, so that it can be cut. */
const LONG = 0.5;

/** Launches `begin` to `end` (exclusive) of an iteration, submitted as one unit. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
}

/**
 * Cuts an iteration into segments: runs of short launches that go to the device as one submission (a
 * sub-graph), because a request of hundreds of kernels of a few microseconds cannot pay a scheduler
 * for each. Long launches stay alone; they are what atoms and right-sizing are for.
 * @param durationsNs what each launch takes on the whole device
 * @param segmentNs what a segment may take on the whole device
 */
export function planSegments(
  durationsNs: readonly Ns[],
  segmentNs: Ns = SEGMENT_NS,
): readonly Segment[] {
  const segments: Segment[] = [];
  let begin = 0;
  let sumNs = 0;
  const close = (end: number): void => {
    if (end > begin) segments.push({ begin, end });
    begin = end;
    sumNs = 0;
  };
  durationsNs.forEach((ns, i) => {
    if (ns > LONG * segmentNs) {
      close(i);
      close(i + 1);
      return;
    }
    if (sumNs + ns > segmentNs) close(i);
    sumNs += ns;
  });
  close(durationsNs.length);
  return segments;
}

/** The segments of a profile's iteration, by its times on the whole device it was measured on. */
export function segmentsOf(profile: KernelProfile, segmentNs: Ns = SEGMENT_NS): readonly Segment[] {
  return planSegments(profile.durationNs[profile.tpcCounts.length - 1] ?? [], segmentNs);
}

/**
 * The shape of a segment as the scheduler sees it: one unit that is never cut, of the size of its
 * largest launch.
 * @param parts at least one
 */
export function segmentShape(name: string, parts: readonly Launchable[]): Omit<KernelShape, 'id'> {
  const [first, ...rest] = parts.map((part) => part.kernel);
  if (first === undefined) throw new RangeError('a segment of no launches');
  const largest = rest.reduce(
    (a, b) => (b.blocks * b.threadsPerBlock > a.blocks * a.threadsPerBlock ? b : a),
    first,
  );
  const { id: _, ...shape } = largest;
  return {
    ...shape,
    name: `${name} (${parts.length} kernels)`,
    clusterSize: 1,
    splittable: false,
    persistent: parts.some((part) => part.kernel.persistent === true),
  };
}
