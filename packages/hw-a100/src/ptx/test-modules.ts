import { readFileSync } from 'node:fs';

/** PTX of a module of test kernels: `kernels/ptx/NAME.ptx`. */
export function testModule(name: string): string {
  return readFileSync(new URL(`../../kernels/ptx/${name}.ptx`, import.meta.url), 'utf8');
}

export const TEST_MODULES = [
  'shapes',
  'reductions',
  'calls',
  'whole',
  'hopper',
  'look-alike',
] as const;
