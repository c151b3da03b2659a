import type { Gap, IdleReason } from '../data/idle.ts';
import type { OpenRun } from '../data/open-in-worker.ts';

/** What is looked at more closely. */
export type Selection =
  | {
      readonly kind: 'atom';
      readonly run: OpenRun;
      readonly track: number;
      readonly index: number;
      /** The TPC that was pointed at. */
      readonly tpc?: number;
    }
  | { readonly kind: 'request'; readonly run: OpenRun; readonly index: number }
  | {
      readonly kind: 'idle';
      readonly run: OpenRun;
      readonly tpc: number;
      readonly gap: Gap;
      readonly reason: IdleReason;
    }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };
