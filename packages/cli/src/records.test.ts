import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder, writeScenario } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** The files below a folder by path, as text; of manifests, all but what the wall clock says. */
function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      const text = readFileSync(path, 'latin1');
      const { wall: _, ...rest } = name === 'manifest.json' ? JSON.parse(text) : { wall: 0 };
      return [path.slice(folder.length), name === 'manifest.json' ? JSON.stringify(rest) : text];
    }),
  );
}

async function record(name: string, ...flags: readonly string[]): Promise<string> {
  const out = join(FOLDER, name);
  const args = ['compare', writeScenario(FOLDER), '--out', out, ...flags];
  const { code, stderr } = await lithos(args, { cwd: FOLDER });
  expect({ code, stderr }).toEqual({ code: 0, stderr: `run records: ${out}\n` });
  return out;
}

describe.concurrent('run records', () => {
  it('are the same bytes for the same command, whatever the number of jobs', async () => {
    const first = contents(await record('first', '--jobs', '2'));
    expect(Object.keys(first).sort()).toEqual(
      ['lithos', 'mps'].flatMap((policy) =>
        [
          'atoms.parquet',
          'counters.parquet',
          'manifest.json',
          'requests.parquet',
          'summary.json',
          'unfinished.parquet',
        ].map((file) => `/${policy}-seed7/${file}`),
      ),
    );
    expect(contents(await record('second', '--jobs', '1'))).toEqual(first);
  });

  it('differ with the seed', async () => {
    const folder = await record('seeds', '--seeds', '2', '--policies', 'lithos');
    expect(readdirSync(folder).sort()).toEqual(['lithos-seed7', 'lithos-seed8']);
    const requests = readdirSync(folder).map((run) =>
      readFileSync(join(folder, run, 'requests.parquet'), 'latin1'),
    );
    expect(requests[0]).not.toBe(requests[1]);
  });

  it('hold less if asked to', async () => {
    const folder = await record('less', '--record', 'requests', '--policies', 'mps');
    expect(readdirSync(join(folder, 'mps-seed7'))).not.toContain('atoms.parquet');
  });

  it('go into a taken folder by force, and leave what is there', async () => {
    const notes = join(FOLDER, 'forced', 'notes.txt');
    mkdirSync(join(FOLDER, 'forced'));
    writeFileSync(notes, 'mine');
    await record('forced', '--policies', 'mps', '--force');
    expect(readFileSync(notes, 'utf8')).toBe('mine');
  });

  it('are numbered where no folder is named', async () => {
    const args = ['run', writeScenario(FOLDER), '--policy', 'mps', '--record', 'summary'];
    for (const n of [1, 2]) {
      const { stderr } = await lithos(args, { cwd: FOLDER });
      expect(stderr).toBe(`run records: ${join('runs', `small-${n}`)}\n`);
    }
    const files = readdirSync(join(FOLDER, 'runs', 'small-1', 'mps-seed7'));
    expect(files.sort()).toEqual(['manifest.json', 'summary.json']);
  });

  it('are not written where none are wanted', async () => {
    const cwd = join(FOLDER, 'bare');
    mkdirSync(cwd);
    const args = ['run', writeScenario(FOLDER), '--policy', 'mps', '--record', 'none', '--json'];
    const { code, stdout, stderr } = await lithos(args, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(cwd)).toEqual([]);
    const [run] = JSON.parse(stdout).runs;
    expect(run).toMatchObject({ policy: 'mps', exit: 'complete' });
    expect(run).not.toHaveProperty('run_dir');
  });

  it('cannot be both without files and in a folder', async () => {
    const out = join(FOLDER, 'nothing');
    const args = ['compare', writeScenario(FOLDER), '--record', 'none', '--out', out];
    const { code, stdout, stderr } = await lithos(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--record none writes no files');
    expect(stderr).toContain('--record summary');
    expect(readdirSync(FOLDER)).not.toContain('nothing');
  });

  it('say which parameters were set', async () => {
    const out = await record('set', '--policies', 'lithos', '--set', 'lithos.stealing=off');
    const manifest = readFileSync(join(out, 'lithos-seed7', 'manifest.json'), 'utf8');
    expect(JSON.parse(manifest).parameters).toMatchObject({ stealing: 0 });
  });
});
