import { type AtomTrack, firstEndingAfter } from '../data/atom-tracks.ts';
import type { AtomDetail } from '../data/detail.ts';
import type { OpenRun } from '../data/open-in-worker.ts';
import { beginOf } from '../data/requests.ts';
import { hasTpc, type SetWords } from '../data/tpc-classes.ts';
import type { AtomSelection } from './detail-atom.ts';

/** The requests that an atom worked for. */
export function requestsOf({ data }: OpenRun, track: AtomTrack, detail: AtomDetail): number[] {
  const { requests } = data;
  if (requests === undefined) return [];
  const found: number[] = [];
  const isLlm = data.tenants[track.tenant]?.llm === true;
  const last = requests.starts[track.tenant + 1] as number;
  for (let i = requests.starts[track.tenant] as number; i < last; i++) {
    if (!isLlm) {
      if (requests.number[i] === detail.request) return [i];
      continue;
    }
    const begin = beginOf(requests, i);
    const end = requests.end[i] as number;
    if (begin <= detail.startNs && (Number.isNaN(end) || end >= detail.endNs)) found.push(i);
  }
  return found;
}

/**
 * The atom whose end this one waited for: among those of its stream and those on its TPCs that ended
 * after its submission and before its start, the last one.
 */
export function waitedFor(
  { run }: AtomSelection,
  track: AtomTrack,
  detail: AtomDetail,
): { readonly track: number; readonly index: number } | undefined {
  const { atoms } = run.data;
  if (atoms === undefined) return undefined;
  const mine =
    atoms.keys[
      atoms.tracks.indexOf(track) < 0
        ? 0
        : (track.key[indexOfRow(track, detail.row, detail.startNs)] as number)
    ];
  const words = mine && atoms.sets[mine.set];
  if (words === undefined) return undefined;
  let best: { track: number; index: number } | undefined;
  let bestEnd = detail.submittedNs;
  atoms.tracks.forEach((other, t) => {
    // From the first that ends after the start, back over those that ended before it.
    for (let i = firstEndingAfter(other, detail.startNs) - 1; i >= 0; i--) {
      const end = other.end[i] as number;
      if (end <= bestEnd) return;
      const key = atoms.keys[other.key[i] as number];
      const set = key && atoms.sets[key.set];
      const meets = set !== undefined && tpcsMeet(set, words);
      if (other.row[i] === detail.row || !(meets || other.stream === detail.stream)) continue;
      best = { track: t, index: i };
      bestEnd = end;
      return;
    }
  });
  return best;
}

function tpcsMeet(a: SetWords, b: SetWords): boolean {
  for (let tpc = 0; tpc < 96; tpc++) if (hasTpc(a, tpc) && hasTpc(b, tpc)) return true;
  return false;
}

/** Which atom of a track is a row of the file. */
export function indexOfRow(track: AtomTrack, row: number, startNs: number): number {
  for (let i = Math.max(0, firstEndingAfter(track, startNs) - 2); i < track.row.length; i++) {
    if (track.row[i] === row) return i;
    if ((track.start[i] as number) > startNs) break;
  }
  return track.row.indexOf(row);
}
