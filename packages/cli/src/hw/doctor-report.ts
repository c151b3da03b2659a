import type { DoctorReport } from '@lithos/hw-a100';
import { wrap } from '../layout.ts';
import type { Terminal } from '../terminal.ts';

const MARKS = { pass: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

/** Prints what the doctor found, a finding a paragraph. */
export function reportDoctor(terminal: Terminal, report: DoctorReport): void {
  const print = (lead: string, text: string): void =>
    wrap(text, terminal.width - lead.length).forEach((line, i) => {
      terminal.print(`${i === 0 ? lead : ' '.repeat(lead.length)}${line}`);
    });
  for (const { state, id, text, fix } of report.findings) {
    print(`${MARKS[state]}  `, `${id}: ${text}`);
    if (fix !== undefined) print('      -> ', fix);
  }
  for (const { name, error } of report.contract) {
    if (error !== undefined) print('FAIL  contract: ', `${name}: ${error}`);
  }
}
