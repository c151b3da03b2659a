import type { Launchable } from './kernel.ts';
import { TpcSet } from './tpc-set.ts';
import type { Ns } from './units.ts';

const NOTHING: Launchable = {
  ordinal: 0,
  kernel: {
    id: 0,
    name: '',
    grid: [0, 0, 0],
    block: [0, 0, 0],
    blocks: 0,
    threadsPerBlock: 0,
    registersPerThread: 0,
    sharedMemoryBytes: 0,
    clusterSize: 1,
    splittable: false,
  },
};

/**
 * An atom in flight: a contiguous range of thread blocks of one launch, on one TPC set.
 * Records are recycled by the scheduler, so whoever wants to keep one copies it before
 * `submissionCompleted` returns. A whole launch is an atom that covers its grid.
 */
export class Submission {
  /** Counts all submissions of a run, from 0. */
  id = 0;
  tenant = 0;
  stream = 0;
  /** Counts all launches of a run, from 0. */
  launch = 0;
  /** The request, LLM step or training step the launch belongs to: the driver's own number. */
  request = 0;
  work: Launchable = NOTHING;
  /** Factor on the launch's measured duration (LLM steps between two profiles); 1 otherwise. */
  scale = 1;
  blockBegin = 0;
  blockEnd = 0;
  /** This is atom `atom` of the launch, from 0. */
  atom = 0;
  /** The atom that ends the launch. */
  last = true;
  /** The synchronisation token of the launch, or -1. */
  token = -1;
  tpcs: TpcSet = TpcSet.EMPTY;
  /** 0 is the least urgent. */
  priority = 0;
  /** TPCs of the set that another tenant's quota covers. */
  stolen: TpcSet = TpcSet.EMPTY;
  /** Tenants whose quota covers them: one bit each. */
  stolenFrom = 0;
  /** TPCs at hand when right-sizing chose these; 0 if the launch was not sized. */
  sizedFrom = 0;
  /** What the policy's predictor expects, ns; 0 if the policy does not predict. */
  predictedNs: Ns = 0;
  submittedNs: Ns = 0;
  /** Filled by the device: the first block began, the last block ended. */
  startNs: Ns = 0;
  endNs: Ns = 0;
}
