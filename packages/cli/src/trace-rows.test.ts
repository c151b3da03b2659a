import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const ROWS = [
  'TIMESTAMP,ContextTokens,GeneratedTokens',
  '2023-11-16 18:15:46.6805900,374,4',
  '2023-11-16 18:15:46.9951690,many,5',
  '2023-11-16 18:15:47.3951690,396,6',
];

const SCENARIO = `device: a100-40gb
duration: 3s
tenants:
  - name: chat
    class: hp
    quota: 100%
    workload: { model: llama3-8b, engine: continuous-batching, max_batch: 4 }
    arrivals: { trace: rows.csv }
policies: [mps]
`;

writeFileSync(join(FOLDER, 'rows.csv'), ROWS.join('\r\n'));
writeFileSync(join(FOLDER, 'own.yaml'), SCENARIO);
const ARGS = ['compare', 'own.yaml', '--record', 'none', '--jobs', '1', '--json'];

it('refuses a trace file with an unsound row, and says where it is', async () => {
  const { code, stderr } = await lithos(ARGS, { cwd: FOLDER });
  expect(code).toBe(2);
  expect(stderr).toContain('rows.csv:3: ');
  expect(stderr).toContain('many');
});

it('skips and counts such rows with --lenient, and accounts for all others', async () => {
  const { code, stdout, stderr } = await lithos([...ARGS, '--lenient'], { cwd: FOLDER });
  expect(code).toBe(0);
  expect(stderr).toContain('rows.csv: 1 unsound rows skipped');
  expect(JSON.parse(stdout).runs[0].tenants[0].trace).toEqual({
    rows_read: 2,
    sampled_out: 0,
    not_reached: 0,
    arrived: 2,
    completed: 2,
    unfinished: 0,
  });
});
