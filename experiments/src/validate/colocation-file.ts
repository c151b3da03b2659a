import { Check } from './check.ts';

const SCHEMA = 'colocation/1';
const DEVICE = 'h200';
/** Longest window, s: far more than was ever measured, and replayed in minutes. */
const LONGEST_S = 600;

export const COLOCATION_MODES = [
  'solo',
  'time-slicing',
  'mps',
  'mps-priority',
  'mps-limits',
  'tpc-partition',
] as const;
export type ColocationMode = (typeof COLOCATION_MODES)[number];

/** A measured run of one or two processes on one GPU. */
export interface ColocationRun {
  /** `host/mode/hp+be`, with what tells runs of one mode apart. */
  readonly id: string;
  readonly mode: ColocationMode;
  readonly host: string;
  readonly windowNs: number;
  readonly hp: MeasuredService | undefined;
  readonly be: MeasuredLoop | undefined;
  /** Share of the TPCs that each side may fill, in mode `mps-limits`. */
  readonly limits: { readonly hp: number; readonly be: number } | undefined;
  /** Half-open ranges of TPCs, in mode `tpc-partition`. */
  readonly groups: { readonly hp: Range; readonly be: Range } | undefined;
}

type Range = readonly [first: number, end: number];

/** Requests served one at a time, first come, first served. */
export interface MeasuredService {
  readonly workload: string;
  /** Ascending, from the start of the window. */
  readonly arrivalNs: readonly number[];
  readonly latencyNs: readonly number[];
}

/** A loop two iterations deep. */
export interface MeasuredLoop {
  readonly workload: string;
  readonly iterationsPerS: number;
}

/** Parses and checks the text of a `colocation/1` file of a device with `tpcs` TPCs. */
export function parseColocation(
  text: string,
  file: string,
  workloads: readonly string[],
  tpcs: number,
): readonly ColocationRun[] {
  const check = new Check(file, SCHEMA);
  const root = check.object(check.json(text), 'the file');
  if (root.schema !== SCHEMA) check.fail('schema', root.schema, `'${SCHEMA}'`);
  if (root.device !== undefined && root.device !== DEVICE) {
    check.fail('device', root.device, `'${DEVICE}', the device that profiles were measured on`);
  }
  const runs = check.array(root.runs, 'runs');
  if (runs.length === 0) check.fail('runs', runs, 'at least one run');
  const seen = new Map<string, number>();
  return runs.map((value, i) => {
    const run = new RunParser(check, `runs[${i}]`, workloads, tpcs).parse(value);
    const times = (seen.get(run.id) ?? 0) + 1;
    seen.set(run.id, times);
    return times === 1 ? run : { ...run, id: `${run.id}#${times}` };
  });
}

class RunParser {
  private readonly check: Check;
  private readonly at: string;
  private readonly workloads: readonly string[];
  private readonly tpcs: number;

  constructor(check: Check, at: string, workloads: readonly string[], tpcs: number) {
    this.check = check;
    this.at = at;
    this.workloads = workloads;
    this.tpcs = tpcs;
  }

  parse(value: unknown): ColocationRun {
    const { check, at } = this;
    const run = check.object(value, at);
    const mode = check.oneOf(run.mode, COLOCATION_MODES, `${at}.mode`);
    const host = run.host === undefined ? 'unnamed' : check.text(run.host, `${at}.host`);
    const hp = this.present(run.hp) ? this.service(run.hp) : undefined;
    const be = this.present(run.be) ? this.loop(run.be) : undefined;
    if (mode === 'solo' ? (hp === undefined) === (be === undefined) : !(hp && be)) {
      check.refuse(`${at} needs ${mode === 'solo' ? 'one of hp and be' : 'both hp and be'}`);
    }
    const limits = mode === 'mps-limits' ? this.limits(run.active_thread_percentage) : undefined;
    const groups = mode === 'tpc-partition' ? this.groups(run.tpc_groups) : undefined;
    const sides = [hp?.workload, be?.workload].filter((name) => name !== undefined).join('+');
    const detail = limits
      ? `/${100 * limits.hp}-${100 * limits.be}`
      : groups
        ? `/${groups.hp[1] - groups.hp[0]}-${groups.be[1] - groups.be[0]}`
        : '';
    return {
      id: `${host}/${mode}${detail}/${sides}`,
      mode,
      host,
      windowNs: this.window(run.window_s) * 1e9,
      hp,
      be,
      limits,
      groups,
    };
  }

  private window(value: unknown): number {
    const seconds = this.check.positive(value, `${this.at}.window_s`);
    if (seconds > LONGEST_S)
      this.check.fail(`${this.at}.window_s`, value, `at most ${LONGEST_S} s`);
    return seconds;
  }

  private present(value: unknown): boolean {
    return value !== undefined && value !== null;
  }

  private workload(value: unknown, where: string): string {
    return this.check.oneOf(value, this.workloads, `${where}.workload`);
  }

  private service(value: unknown): MeasuredService {
    const { check } = this;
    const where = `${this.at}.hp`;
    const hp = check.object(value, where);
    const arrivals = check.array(hp.arrival_us, `${where}.arrival_us`);
    const latencies = check.array(hp.latency_us, `${where}.latency_us`);
    if (arrivals.length !== latencies.length || arrivals.length === 0) {
      check.refuse(
        `${where} has ${arrivals.length} arrivals and ${latencies.length} latencies, expected the same number, at least one`,
      );
    }
    let last = 0;
    const arrivalNs = arrivals.map((us, i) => {
      const name = `${where}.arrival_us[${i}]`;
      const ns = Math.round(1000 * check.notNegative(us, name));
      if (ns < last) check.fail(name, us, 'arrivals in ascending order');
      if (ns > LONGEST_S * 1e9) check.fail(name, us, 'an arrival within the window');
      last = ns;
      return ns;
    });
    return {
      workload: this.workload(hp.workload, where),
      arrivalNs,
      latencyNs: latencies.map((us, i) => 1000 * check.positive(us, `${where}.latency_us[${i}]`)),
    };
  }

  private loop(value: unknown): MeasuredLoop {
    const { check } = this;
    const where = `${this.at}.be`;
    const be = check.object(value, where);
    const iterations = check.positive(be.iterations, `${where}.iterations`);
    return {
      workload: this.workload(be.workload, where),
      iterationsPerS: iterations / check.positive(be.wall_s, `${where}.wall_s`),
    };
  }

  private limits(value: unknown): { hp: number; be: number } {
    const where = `${this.at}.active_thread_percentage`;
    const limits = this.check.object(value, where);
    const share = (side: 'hp' | 'be'): number => {
      const percentage = this.check.positive(limits[side], `${where}.${side}`);
      if (percentage > 100) this.check.fail(`${where}.${side}`, percentage, 'at most 100');
      return percentage / 100;
    };
    return { hp: share('hp'), be: share('be') };
  }

  private groups(value: unknown): { hp: Range; be: Range } {
    const { check, tpcs } = this;
    const where = `${this.at}.tpc_groups`;
    const groups = check.object(value, where);
    const range = (side: 'hp' | 'be'): Range => {
      const [first, end] = check.array(groups[side], `${where}.${side}`);
      const from = check.count(first, `${where}.${side}[0]`);
      const to = check.count(end, `${where}.${side}[1]`);
      if (from >= to || to > tpcs) {
        check.fail(`${where}.${side}`, groups[side], `a half-open range within 0..${tpcs}`);
      }
      return [from, to];
    };
    const [hp, be] = [range('hp'), range('be')];
    if (hp[0] < be[1] && be[0] < hp[1]) {
      check.refuse(`${where} overlap, expected ranges of their own for hp and be`);
    }
    return { hp, be };
  }
}
