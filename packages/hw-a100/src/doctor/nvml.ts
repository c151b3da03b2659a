import { FIGURES, type Figure, tryFigures } from '../device/figures.ts';
import { type Nvml, openNvml } from '../driver/nvml.ts';
import { attempt, failure } from './attempt.ts';
import type { Finding } from './report.ts';

/** Power, energy, clocks and MIG. Whatever is missing, runs go on without it. */
export function lookAtNvml(uuid: string, findings: Finding[]): void {
  const nvml = openNvml(uuid);
  try {
    const missing = tryFigures(nvml);
    const read = (figure: Figure, text: (value: number) => string): string =>
      missing.some((m) => m.figure === figure) ? '' : `, ${text(FIGURES[figure](nvml))}`;
    const power = read('power', (w) => `${w.toFixed(0)} W`);
    const energy = read('energy', (j) => `energy counter at ${j.toFixed(0)} J`);
    const clock = read('SM clock', (mhz) => `SM clock at ${mhz} MHz`);
    findings.push({
      id: 'nvml',
      state: 'pass',
      text: `driver ${nvml.driverVersion()}${power}${energy}${clock}`,
    });
    for (const { figure, error } of missing) {
      const { text, ...others } = failure(figure.toLowerCase().replace(' ', '-'), error, 'warn');
      findings.push({ ...others, text: `runs leave it out: ${text}` });
    }
    attempt(findings, 'clocks', () => lookAtClocks(nvml, findings), 'warn');
    attempt(findings, 'mig', () => lookAtMig(nvml, findings), 'warn');
  } finally {
    nvml.close();
  }
}

function lookAtClocks(nvml: Nvml, findings: Finding[]): void {
  const clocks = nvml.supportedSmMhz();
  findings.push(
    clocks.length > 1
      ? {
          id: 'clocks',
          state: 'pass',
          text: `${clocks.length} SM clocks from ${clocks[0]} to ${clocks[clocks.length - 1]} MHz; changing them needs root and --allow-clocks`,
        }
      : {
          id: 'clocks',
          state: 'warn',
          text: `one SM clock only, ${clocks[0] ?? '?'} MHz: no power saving on this GPU`,
        },
  );
}

function lookAtMig(nvml: Nvml, findings: Finding[]): void {
  if (!nvml.migEnabled()) return;
  findings.push({
    id: 'mig',
    state: 'warn',
    text: 'MIG is on: each instance is a device of its own, with TPCs of its own',
    fix: 'turn MIG off to schedule the whole GPU',
  });
}
