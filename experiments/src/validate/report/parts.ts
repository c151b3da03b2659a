import type { ColocationValidation } from '../colocation.ts';
import type { MicroValidation } from '../micro-types.ts';
import type { KernelValidation, PowerValidation } from '../types.ts';
import { figure, percent, signed, table } from './markdown.ts';
import { scatterSvg } from './scatter.ts';

/** A part of the validation: its section's generated text, its plot, and its line in the summary. */
export interface Part {
  readonly name: string;
  readonly summary: readonly [quantity: string, cases: string, error: string][];
  readonly text: string;
  readonly svg: string;
}

export function kernelsPart(result: KernelValidation): Part {
  const { workloads, cases, worst_workload: worst } = result;
  const two = percent(result.weighted_abs_error_pct, 2);
  const interpolated = percent(result.interpolation_weighted_abs_error_pct, 2);
  const of = (quantity: string, name: string) => ({
    name,
    points: cases
      .filter((c) => c.quantity === quantity)
      .map((c) => ({ measured: c.measured / 1e6, predicted: c.predicted / 1e6 })),
  });
  return {
    name: 'kernels',
    summary: [
      ['interpolation, weighted by time', `${cases.length / 2}`, interpolated],
      ['two samples, weighted by time', `${cases.length / 2}`, two],
      ['two samples, worst workload', '', percent(worst.weighted_abs_error_pct, 2)],
    ],
    text: [
      table(
        ['workload', 'interpolation', 'two samples'],
        [
          ...workloads.map((w) => [
            w.id,
            percent(w.interpolation_weighted_abs_error_pct, 2),
            percent(w.weighted_abs_error_pct, 2),
          ]),
          ['**all, weighted by time**', interpolated, two],
        ],
        [1, 2],
      ),
      `Two samples are worst on ${worst.id}. With the constants that the simulator uses, fitted to all workloads, the figures are ${percent(result.fitted_on_all.interpolation_weighted_abs_error_pct, 2)} and ${percent(result.fitted_on_all.weighted_abs_error_pct, 2)}.`,
    ].join('\n\n'),
    svg: scatterSvg([of('interpolation', 'interpolation'), of('two_samples', 'two samples')], {
      title: 'Device time of an iteration on n TPCs',
      unit: 'ms',
      scale: 'log',
      band: 10,
    }),
  };
}

export function colocationPart(result: ColocationValidation): Part {
  const { cases } = result;
  const ids = [...new Set(cases.map((c) => c.id))];
  const quantities = ['be_iterations_per_s', 'hp_p50_ms', 'hp_p99_ms'];
  const cells = (id: string) =>
    quantities.map((quantity) => {
      const c = cases.find((one) => one.id === id && one.quantity === quantity);
      if (c === undefined) return '';
      return `${figure(c.measured)} → ${figure(c.predicted)} (${signed(c.error_pct)})`;
    });
  const errors = (m: { median_abs_error_pct: number; p90_abs_error_pct: number }) => [
    percent(m.median_abs_error_pct),
    percent(m.p90_abs_error_pct),
  ];
  return {
    name: 'colocation',
    summary: [
      ['median', `${cases.length}`, percent(result.median_abs_error_pct)],
      ['90th percentile', '', percent(result.p90_abs_error_pct)],
    ],
    text: [
      table(
        ['mode', 'median', '90th percentile'],
        [...result.modes.map((m) => [m.mode, ...errors(m)]), ['**all**', ...errors(result)]],
        [1, 2],
      ),
      'Measured → predicted, for each host, mode and pair (service + best-effort loop):',
      table(
        ['pair', 'best-effort iterations/s', 'P50, ms', 'P99, ms'],
        ids.map((id) => [id.replaceAll('/', ' / '), ...cells(id)]),
        [1, 2, 3],
      ),
    ].join('\n\n'),
    svg: scatterSvg(
      quantities.map((quantity) => ({
        name: quantity.replaceAll('_', ' '),
        points: cases.filter((c) => c.quantity === quantity),
      })),
      { title: 'Pairs that share a GPU', unit: 'iterations/s or ms', scale: 'log', band: 25 },
    ),
  };
}

export function microPart(result: MicroValidation): Part {
  const { cases, fitted_cases: fitted, modes } = result;
  const constants = [...new Set(fitted.map((c) => c.fitted ?? ''))];
  const worst = [...cases].sort((a, b) => Math.abs(b.error_pct) - Math.abs(a.error_pct));
  const groups: readonly (readonly [string, (mode: string) => boolean])[] = [
    ['alone, per ns', (m) => m === 'rate'],
    ['pairs, per ns', (m) => m === 'disjoint' || m === 'same_sm'],
    ['launches, µs', (m) => m === 'launch' || m === 'dispatch'],
    ['priority, slices, µs', (m) => m === 'priority' || m === 'slice'],
  ];
  return {
    name: 'micro',
    summary: [
      ['median', `${cases.length}`, percent(result.median_abs_error_pct)],
      ['90th percentile', '', percent(result.p90_abs_error_pct)],
    ],
    text: [
      table(
        ['mode', 'cases', 'median', '90th percentile', 'predicted from'],
        modes.map((m) => [
          m.mode,
          `${m.cases}`,
          percent(m.median_abs_error_pct),
          percent(m.p90_abs_error_pct),
          m.from,
        ]),
        [1, 2, 3],
      ),
      `${fitted.length} more cases gave the model a constant, and are not counted:`,
      table(
        ['constant', 'cases', 'of mode'],
        constants.map((constant) => {
          const own = fitted.filter((c) => c.fitted === constant);
          return [constant, `${own.length}`, [...new Set(own.map((c) => c.mode))].join(', ')];
        }),
        [1],
      ),
      'The worst twelve:',
      table(
        ['case', 'quantity', 'measured', 'predicted', 'error'],
        worst
          .slice(0, 12)
          .map((c) => [
            c.id,
            c.quantity,
            figure(c.measured),
            figure(c.predicted),
            signed(c.error_pct),
          ]),
        [2, 3, 4],
      ),
    ].join('\n\n'),
    svg: scatterSvg(
      groups.map(([name, of]) => ({ name, points: cases.filter((c) => of(c.mode)) })),
      { title: 'Elementary kernels', unit: 'see legend', scale: 'log', band: 25 },
    ),
  };
}

export function powerPart(result: PowerValidation): Part {
  const watts = (x: number): string => x.toFixed(1);
  return {
    name: 'power',
    summary: [
      ['mean', `${result.cases.length}`, percent(result.mean_abs_error_pct)],
      ['greatest', '', percent(result.max_abs_error_pct)],
    ],
    text: [
      table(
        ['workload', 'measured, W', 'predicted, W', 'error'],
        result.cases.map((c) => [c.id, watts(c.measured), watts(c.predicted), signed(c.error_pct)]),
        [1, 2, 3],
      ),
      `Mean ${percent(result.mean_abs_error_pct, 2)}, median ${percent(result.median_abs_error_pct, 2)}. With the constants that the simulator uses, fitted to all workloads, the mean is ${percent(result.fitted_on_all.mean_abs_error_pct, 2)}.`,
    ].join('\n\n'),
    svg: scatterSvg([{ name: 'mean power', points: result.cases }], {
      title: 'Mean board power of a workload',
      unit: 'W',
      scale: 'linear',
      band: 10,
    }),
  };
}
