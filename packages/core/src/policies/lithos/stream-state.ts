import type { Submission } from '../../submission.ts';
import type { Ns } from '../../units.ts';
import { Predictor } from './predictor.ts';
import { RightSizer } from './right-sizer.ts';

/** What the policy knows of one stream. */
export class StreamState {
  readonly predictor = new Predictor();
  /** Predicted work of it on the device. */
  outstandingNs: Ns = 0;
  /** When its last atom ended: the next one cannot have begun before. */
  lastEndNs: Ns = 0;
  /** An atom that has not ended long after it should have. */
  overdue: Submission | undefined;
  private readonly slip: number;
  private readonly sizers: (RightSizer | undefined)[] = [];

  /** @param slip of right-sizing, as a factor */
  constructor(slip: number) {
    this.slip = slip;
  }

  /** Sizes launches where `tpcs` TPCs are at hand. */
  sizer(tpcs: number): RightSizer {
    let sizer = this.sizers[tpcs];
    if (sizer === undefined) {
      sizer = new RightSizer(tpcs, this.slip);
      this.sizers[tpcs] = sizer;
    }
    return sizer;
  }
}
