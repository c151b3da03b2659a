import { type AtomTrack, firstEndingAfter } from '../data/atom-tracks.ts';
import { matchesKey } from '../data/filter.ts';
import { gapsOf, IDLE_REASONS, idleReason, reservedFor } from '../data/idle.ts';
import type { RunData } from '../data/run-data.ts';
import { hasTpc, type SetWords } from '../data/tpc-classes.ts';
import { outline } from './draw-requests.ts';
import { shortKernel } from './format.ts';
import type { Track } from './layout.ts';
import type { PlotRun, PlotState } from './plot.ts';
import type { Surface } from './surface.ts';
import { inkOn, tenantColour } from './theme.ts';

/** More atoms than this in the picture are not drawn one by one. */
const MAX_ATOMS = 1500;
/** Idle times are named while no more atoms than this are in the picture. */
const MAX_FOR_IDLE = 500;
/** Atoms beyond the picture that are looked at for the ends of its gaps. */
const NEAR = 100;
/** Widths in pixels from which things are drawn. */
const BORDER_WIDTH = 4;
const LABEL_WIDTH = 44;
/** Width of a letter of a label, about. */
const LETTER = 5.4;

interface Frame {
  readonly surface: Surface;
  readonly width: number;
  readonly top: number;
  readonly state: PlotState;
}

type LaneTrack = Extract<Track, { kind: 'lane' }>;

/** Lanes one below the other, without a GPC's border between. */
interface Block {
  readonly y: number;
  readonly height: number;
}

/** Borders and names of atoms, and why TPCs were idle, once atoms are wide enough to be seen. */
export function drawAtoms(frame: Frame, index: number): void {
  const { state } = frame;
  const run = state.runs[index] as PlotRun;
  const { atoms } = run;
  if (atoms === undefined) return;
  const lanes = state.tracks.filter(
    (track): track is LaneTrack =>
      track.kind === 'lane' && track.run === index && track.level === 'tpc',
  );
  if (lanes.length === 0) return;
  const ranges = atoms.tracks.map((track) => visible(track, state.span));
  const count = ranges.reduce((sum, [from, to]) => sum + to - from, 0);
  if (count > MAX_ATOMS) return;
  const blocks = new Map<number, readonly Block[]>();
  const blocksOf = (set: number): readonly Block[] => {
    let found = blocks.get(set);
    if (found === undefined) {
      found = blocksOfSet(lanes, atoms.sets[set] as SetWords);
      blocks.set(set, found);
    }
    return found;
  };
  if (count <= MAX_FOR_IDLE) drawIdle(frame, run, lanes);
  atoms.tracks.forEach((track, t) => {
    const [from, to] = ranges[t] as readonly [number, number];
    for (let i = from; i < to; i++) {
      const key = atoms.keys[track.key[i] as number];
      if (key === undefined) continue;
      const slot = atoms.shared ? track.tenant : 0;
      // A grey one has no name.
      const isNamed = matchesKey(atoms, state.filter, track.key[i] as number);
      drawAtom(frame, run, track, i, blocksOf(key.set), isNamed ? slot : undefined);
    }
  });
}

/** @param slot line of text that its name is in; `undefined` if it has none */
function drawAtom(
  { surface, width, top, state }: Frame,
  run: PlotRun,
  track: AtomTrack,
  i: number,
  blocks: readonly Block[],
  slot: number | undefined,
): void {
  const { theme, span } = state;
  const scale = width / (span.to - span.from);
  const left = ((track.start[i] as number) - span.from) * scale;
  const right = ((track.end[i] as number) - span.from) * scale;
  if (right - left < BORDER_WIDTH) return;
  if (state.hiddenTenants.has(run.open.data.tenants[track.tenant]?.name ?? '')) return;
  for (const { y, height } of blocks) {
    surface.rect(left, y - top, 1, height, theme.background, 0.75);
  }
  if (slot === undefined) return;
  const shownLeft = Math.max(0, left);
  const room = Math.min(width, right) - shownLeft;
  if (room < LABEL_WIDTH) return;
  const block = blocks.find(({ height }) => height >= 14 * (slot + 1));
  if (block === undefined) return;
  const name = shortKernel(run.open.data.atoms?.kernels[track.kernel[i] as number] ?? '');
  const text = name.slice(0, Math.floor((room - 8) / 6));
  if (text.length < Math.min(name.length, 4)) return;
  const colour = tenantColour(theme, run.open.data.tenants[track.tenant]?.name);
  // On a ground of its own: the lines between lanes would strike it through.
  surface.rect(shownLeft + 3, block.y - top + 2 + slot * 14, text.length * LETTER + 5, 12, colour);
  surface.text(shownLeft + 5, block.y - top + 11 + slot * 14, text, inkOn(colour), {
    size: 10,
  });
}

/** Names what idle spans are wide enough, class of TPCs by class. */
function drawIdle(
  { surface, width, top, state }: Frame,
  run: PlotRun,
  lanes: readonly LaneTrack[],
) {
  const { data } = run.open;
  const { span, theme } = state;
  const scale = width / (span.to - span.from);
  const classes = data.atoms?.classes;
  if (classes === undefined) return;
  for (let c = 0; c < classes.count; c++) {
    const mine = lanes.filter(({ tpcs }) => classes.ofTpc[tpcs[0] as number] === c);
    const tpc = mine[0]?.tpcs[0];
    if (tpc === undefined) continue;
    const blocks = joined(mine);
    const owner = reservedFor(data, tpc);
    for (const gap of gapsOf(data, c, span.from, span.to, NEAR)) {
      const left = Math.max(0, (gap.from - span.from) * scale);
      const right = Math.min(width, (gap.to - span.from) * scale);
      if (right - left < BORDER_WIDTH) continue;
      const reason = idleReason(data, run.depths, tpc, gap);
      for (const { y, height } of blocks) {
        if (reason === 'reserved' && owner >= 0) {
          surface.rect(
            left,
            y - top,
            right - left,
            height,
            tenantColour(theme, data.tenants[owner]?.name),
            0.16,
          );
        }
        const { title } = IDLE_REASONS[reason];
        if (right - left < title.length * LETTER + 6 || height < 13) continue;
        surface.text((left + right) / 2, y - top + height / 2 + 3, title, theme.muted, {
          size: 10,
          anchor: 'middle',
          halo: theme.lane,
        });
      }
    }
  }
}

/** Frames an atom on all its lanes. */
export function outlineAtom(frame: Frame, index: number, track: AtomTrack, i: number): void {
  const { state, surface, width, top } = frame;
  const data = state.runs[index]?.open.data as RunData;
  const key = data.atoms?.keys[track.key[i] as number];
  const words = key && data.atoms?.sets[key.set];
  if (words === undefined) return;
  const lanes = state.tracks.filter(
    (one): one is LaneTrack => one.kind === 'lane' && one.run === index,
  );
  const { span, theme } = state;
  const scale = width / (span.to - span.from);
  const left = ((track.start[i] as number) - span.from) * scale;
  const right = ((track.end[i] as number) - span.from) * scale;
  for (const { y, height } of blocksOfSet(lanes, words)) {
    outline(surface, left, y - top, Math.max(1, right - left), height, theme.text);
  }
}

/** Indexes of the atoms that a span shows: from the first to before the second. */
export function visible(
  track: AtomTrack,
  { from, to }: { readonly from: number; readonly to: number },
): readonly [number, number] {
  const first = firstEndingAfter(track, from);
  let low = first;
  let high = track.start.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((track.start[middle] as number) < to) low = middle + 1;
    else high = middle;
  }
  return [first, low];
}

function blocksOfSet(lanes: readonly LaneTrack[], words: SetWords): readonly Block[] {
  return joined(lanes.filter(({ tpcs }) => tpcs.some((tpc) => hasTpc(words, tpc))));
}

function joined(lanes: readonly LaneTrack[]): readonly Block[] {
  const blocks: { y: number; height: number; gpc: number }[] = [];
  for (const { y, height, gpc } of lanes) {
    const last = blocks.at(-1);
    if (last !== undefined && y - (last.y + last.height) <= 1 && last.gpc === gpc) {
      last.height = y + height - last.y;
    } else {
      blocks.push({ y, height, gpc });
    }
  }
  return blocks;
}
