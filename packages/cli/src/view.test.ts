import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder } from './testing.ts';
import { findRuns } from './view/run-folders.ts';
import { fileOf, serveView } from './view/server.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A folder that passes for a run. */
function runFolder(path: string): string {
  const folder = join(FOLDER, path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), '{"schema":"lithos/run@1"}');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  return folder;
}

const page = join(FOLDER, 'page');
mkdirSync(join(page, 'assets'), { recursive: true });
writeFileSync(join(page, 'index.html'), '<p>viewer</p>');
writeFileSync(join(page, 'assets/x.js'), '1');
writeFileSync(join(FOLDER, 'outside.txt'), 'outside');

/** What the server answers, by address as it is: no client tidies it. */
function ask(
  port: number,
  path: string,
  host = '127.0.0.1',
  method = 'GET',
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      { port, host: '127.0.0.1', path, method, headers: { host } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode, text }));
      },
    );
    call.on('error', reject).end();
  });
}

describe('lithos view', () => {
  it('finds runs, and the runs inside a folder, and gives each a name of its own', () => {
    const one = runFolder('a/lithos-seed1');
    const two = runFolder('a/mps-seed1');
    const three = runFolder('b/lithos-seed1');
    expect(findRuns([join(FOLDER, 'a'), three])).toEqual([
      { name: 'lithos-seed1', folder: one },
      { name: 'mps-seed1', folder: two },
      { name: 'lithos-seed1-2', folder: three },
    ]);
  });

  it('passes over a link to nothing among the runs', () => {
    const run = runFolder('linked/run');
    symlinkSync(join(FOLDER, 'gone'), join(FOLDER, 'linked/dangling'));
    expect(findRuns([join(FOLDER, 'linked')])).toEqual([{ name: 'run', folder: run }]);
  });

  it('serves the page and the files of records, and nothing else', async () => {
    const runs = findRuns([runFolder('c/run')]);
    const server = await serveView(page, runs, 0);
    try {
      const status = async (path: string): Promise<number | undefined> =>
        (await ask(server.port, path)).status;
      expect(await ask(server.port, '/')).toEqual({ status: 200, text: '<p>viewer</p>' });
      expect(await ask(server.port, '/?run=runs/run')).toMatchObject({ status: 200 });
      expect(await status('/assets/x.js')).toBe(200);
      expect((await ask(server.port, '/runs/run/manifest.json')).text).toContain('lithos/run@1');
      for (const path of [
        '/runs/run/secret.txt',
        '/runs/run/../../outside.txt',
        '/runs/run/%2e%2e/secret.txt',
        '/runs/other/manifest.json',
        '/runs/run/atoms.parquet',
        '/../outside.txt',
        '/..%2foutside.txt',
        '/%2e%2e/outside.txt',
        '/assets/..%2f..%2foutside.txt',
        '/%00',
        '/%',
        '//etc/passwd',
        '/assets',
      ]) {
        expect([path, await status(path)]).toEqual([path, 404]);
      }
      expect((await ask(server.port, '/', 'evil.example')).status).toBe(403);
      expect((await ask(server.port, '/', '127.0.0.1', 'POST')).status).toBe(405);
    } finally {
      await server.close();
    }
  });

  it('means no file outside the page, whatever the address', () => {
    const part = fc.constantFrom('..', '.', 'a', '%2e%2e', '%2f', '\\', '%5c', '%00', '', 'runs');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom('/', '%2F'), (parts, joint) => {
        const file = fileOf(`/${parts.join(joint)}`, page, []);
        expect(file === undefined || file.startsWith(`${page}/`)).toBe(true);
      }),
    );
  });

  it('ends with 130 at Ctrl-C', async () => {
    const folder = runFolder('d/run');
    const ended = await lithos(['view', folder, '--no-open'], {
      onStart: (child) => {
        child.stdout?.once('data', () => child.kill('SIGINT'));
      },
    });
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?run=runs\/run\n$/);
  });

  it('refuses what is no run', async () => {
    const empty = join(FOLDER, 'empty');
    mkdirSync(empty);
    const said = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await lithos(['view', ...args, '--no-open']);
      return `${code} ${stderr.replaceAll(FOLDER, '')}`;
    };
    expect(await said(empty)).toBe(
      '2 error: /empty: no run record here (no manifest.json), nor in its folders\nfix: give a folder that `lithos run` or `lithos compare` wrote\n',
    );
    expect(await said(join(FOLDER, 'none'))).toMatch(/^2 error: there is no folder \/none/);
    expect(await said(join(FOLDER, 'outside.txt'))).toMatch(/^2 error: \/outside.txt is a file/);
    expect(await said(empty, '--port', '99999')).toMatch(/'99999' is no port/);
  });
});
