import { Check } from './check.ts';

/** The elementary kernels, as `microbenchmarks.cu` names them, less their `work_`. */
export const ELEMENTS = ['read', 'copy', 'l2', 'fma', 'mma'] as const;
export type Element = (typeof ELEMENTS)[number];

/** Modes of which the device model says nothing. */
const SILENT = ['occupancy', 'power', 'priority_range'] as const;
const MODES = [
  'rate',
  'disjoint',
  'half_alone',
  'same_sm',
  'launch',
  'dispatch',
  'priority',
  'slice',
  ...SILENT,
] as const;

/** Rates are per ns: bytes, or floating-point operations. */
export type Rates = Readonly<Record<Element, number>>;

export interface PairLine {
  readonly a: Element;
  readonly b: Element;
  readonly rateA: number;
  readonly rateB: number;
  /** TPCs of `a`, the others are `b`'s; undefined if both have all. */
  readonly tpcsA: number | undefined;
}

/** Times in µs, by the name that the file gives them. */
export interface LaunchLine {
  readonly quantity: string;
  readonly us: number;
}

export interface DispatchLine {
  readonly blocks: number;
  readonly threads: number;
  readonly us: number;
}

export interface PriorityLine {
  readonly high: boolean;
  readonly beBlocksPerSm: number;
  readonly beBlockUs: number;
  readonly beWaves: number;
  readonly hpBlocks: number;
  readonly hpBlockUs: number;
  readonly hpLatencyUs: number;
  readonly beSpanUs: number;
}

export interface SliceLine {
  readonly waves: number;
  readonly runUs: number;
  readonly gapUs: number;
  /** 10th percentile of the gaps: what the process itself needs between two grids. */
  readonly ownGapUs: number;
}

/** The lines of a file that the device model has a word on, by mode. */
export interface MicroLines {
  readonly rates: ReadonlyMap<number, Rates>;
  readonly halfAlone: ReadonlyMap<Element, number>;
  readonly disjoint: readonly PairLine[];
  readonly sameSm: readonly PairLine[];
  readonly launch: readonly LaunchLine[];
  readonly dispatch: readonly DispatchLine[];
  readonly priority: readonly PriorityLine[];
  readonly slices: readonly SliceLine[];
  /** Lines of which the model says nothing. */
  readonly silent: number;
}

const LAUNCH_QUANTITIES = [
  'stream_us_per_kernel',
  'host_us_per_launch',
  'queued_stream_us_per_kernel',
  'queued_full_wave_us_per_kernel',
  'graph_us_per_kernel',
  'launch_sync_us_p50',
] as const;

/** Parses and checks a file of micro-benchmarks, one JSON object a line, of a device with `tpcs` TPCs. */
export function parseMicro(text: string, file: string, tpcs: number): MicroLines {
  const check = new Check(file, 'microbenchmarks (.jsonl)');
  const rates = new Map<number, Rates>();
  const halfAlone = new Map<Element, number>();
  const disjoint: PairLine[] = [];
  const sameSm: PairLine[] = [];
  const launch: LaunchLine[] = [];
  const dispatch: DispatchLine[] = [];
  const priority: PriorityLine[] = [];
  const slices: SliceLine[] = [];
  let silent = 0;
  text.split('\n').forEach((row, i) => {
    if (row.trim() === '') return;
    const at = `line ${i + 1}`;
    const line = check.object(check.json(row, at), at);
    const positive = (key: string) => check.positive(line[key], `${at}, ${key}`);
    const count = (key: string) => {
      const n = check.count(line[key], `${at}, ${key}`);
      return n > 0 ? n : check.fail(`${at}, ${key}`, n, 'a whole number from 1');
    };
    const tpcCount = (key: string, most: number) => {
      const n = count(key);
      return n <= most ? n : check.fail(`${at}, ${key}`, n, `at most ${most} TPCs`);
    };
    const element = (key: string) =>
      check
        .oneOf(
          line[key],
          ELEMENTS.map((e) => `work_${e}` as const),
          `${at}, ${key}`,
        )
        .slice('work_'.length) as Element;
    const pair = (tpcsA: number | undefined): PairLine => ({
      a: element('a'),
      b: element('b'),
      rateA: positive('rate_a') / 1e9,
      rateB: positive('rate_b') / 1e9,
      tpcsA,
    });
    const mode = check.oneOf(line.mode, MODES, `${at}, mode`);
    switch (mode) {
      case 'rate': {
        const of = ELEMENTS.map((e) => [e, positive(`work_${e}`) / 1e9]);
        rates.set(tpcCount('tpcs', tpcs), Object.fromEntries(of) as Rates);
        break;
      }
      case 'half_alone':
        halfAlone.set(element('a'), positive('rate_a') / 1e9);
        break;
      case 'disjoint':
        disjoint.push(pair(tpcCount('tpcs_a', tpcs - 1)));
        break;
      case 'same_sm':
        sameSm.push(pair(undefined));
        break;
      case 'launch': {
        const known = LAUNCH_QUANTITIES.filter((quantity) => line[quantity] !== undefined);
        if (known.length === 0) check.fail(`${at}, launch`, line, LAUNCH_QUANTITIES.join(' or '));
        for (const quantity of known) launch.push({ quantity, us: positive(quantity) });
        break;
      }
      case 'dispatch':
        dispatch.push({ blocks: count('blocks'), threads: count('threads'), us: positive('us') });
        break;
      case 'priority':
        priority.push({
          high: check.count(line.high, `${at}, high`) > 0,
          beBlocksPerSm: count('be_blocks_per_sm'),
          beBlockUs: positive('be_block_us'),
          beWaves: count('be_waves'),
          hpBlocks: count('hp_blocks'),
          hpBlockUs: positive('hp_block_us'),
          hpLatencyUs: positive('hp_latency_us_p50'),
          beSpanUs: positive('be_span_us_p50'),
        });
        break;
      case 'slice':
        slices.push({
          waves: count('waves'),
          runUs: positive('run_us_p50'),
          gapUs: positive('gap_us_p50'),
          ownGapUs: positive('gap_us_p10'),
        });
        break;
      case 'occupancy':
      case 'power':
      case 'priority_range':
        silent += 1;
        break;
    }
  });
  if (!rates.has(1) || !rates.has(tpcs)) {
    check.refuse(`has no rates on 1 and on ${tpcs} TPCs, from which the others are predicted`);
  }
  if (sameSm.some(({ a, b }) => !halfAlone.has(a) || !halfAlone.has(b))) {
    check.refuse('has same_sm pairs of kernels without a half_alone line');
  }
  return { rates, halfAlone, disjoint, sameSm, launch, dispatch, priority, slices, silent };
}
