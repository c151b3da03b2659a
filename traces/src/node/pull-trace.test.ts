import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TraceEntry } from './catalog.ts';
import { download, pullTrace } from './pull-trace.ts';

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
const HALF = 100_000;

let server: Server;
let base = '';
let root = '';
let cacheDir = '';
/** The `range` header of every request, in order. */
let ranges: (string | undefined)[] = [];
/** How the server answers the next requests. */
let answer: (response: ServerResponse, from: number) => void;

const whole = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
};
const ranged = (response: ServerResponse, from: number): void => {
  if (from === 0) {
    whole(response);
    return;
  }
  const range = `bytes ${from}-${CONTENT.length - 1}/${CONTENT.length}`;
  response.writeHead(206, { 'content-range': range }).end(CONTENT.subarray(from));
};
/** Sends half of the file and drops the connection. */
const broken = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-length': CONTENT.length });
  response.write(CONTENT.subarray(0, HALF), () => response.destroy());
};

beforeAll(async () => {
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(response, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  root = mkdtempSync(join(tmpdir(), 'lithos-pull-'));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  cacheDir = join(mkdtempSync(join(root, 'cache-')), 'made', 'anew');
  ranges = [];
  answer = ranged;
});

const entry = (change: Partial<TraceEntry> = {}): TraceEntry => ({
  id: 'test',
  title: 'a test',
  url: `${base}/trace.csv`,
  file: 'trace.csv',
  folder: 'test',
  bytes: CONTENT.length,
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  format: 'azure-llm',
  licence: 'none',
  citation: 'none',
  ...change,
});

const final = (): string => join(cacheDir, 'trace.csv');
const part = (): string => `${final()}.part`;

/** Leaves the first half of the download behind. */
async function leaveHalf(): Promise<void> {
  answer = broken;
  await expect(download(entry(), { cacheDir })).rejects.toMatchObject({
    code: 'E_TRACE_DOWNLOAD',
    fix: expect.stringContaining('goes on where it stopped'),
  });
  expect(existsSync(final())).toBe(false);
  expect(readFileSync(part()).length).toBeGreaterThan(0);
  answer = ranged;
}

describe('download', () => {
  it('fetches, checks and names the file, with progress', async () => {
    const seen: number[] = [];
    const onProgress = (received: number, total: number): void => {
      seen.push(received);
      expect(total).toBe(CONTENT.length);
    };
    expect(await download(entry(), { cacheDir, onProgress })).toBe(final());
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
    expect(existsSync(part())).toBe(false);
    expect(seen.at(-1)).toBe(CONTENT.length);
  });

  it('does not fetch what is there', async () => {
    await download(entry(), { cacheDir });
    await download(entry(), { cacheDir });
    expect(ranges.length).toBe(1);
  });

  it('replaces a file that is not the published one', async () => {
    await download(entry(), { cacheDir });
    writeFileSync(final(), 'something else');
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('goes on where a broken download stopped', async () => {
    await leaveHalf();
    const have = readFileSync(part()).length;
    await download(entry(), { cacheDir });
    expect(ranges.at(-1)).toBe(`bytes=${have}-`);
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('begins anew where the server ignores ranges', async () => {
    await leaveHalf();
    answer = whole;
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('begins anew where the server does not have the range', async () => {
    await leaveHalf();
    answer = (response, from) => {
      if (from === 0) whole(response);
      else response.writeHead(416).end();
    };
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('begins anew where the server sends another range', async () => {
    await leaveHalf();
    answer = (response, from) => {
      if (from === 0) whole(response);
      else response.writeHead(206, { 'content-range': 'bytes 7-9/200000' }).end('xyz');
    };
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('begins anew where what was left is of another file', async () => {
    await leaveHalf();
    writeFileSync(part(), Buffer.alloc(HALF));
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('finishes a part that is complete without a request, and drops one that is too long', async () => {
    await leaveHalf();
    writeFileSync(part(), CONTENT);
    const before = ranges.length;
    await download(entry(), { cacheDir });
    expect(ranges.length).toBe(before);
    rmSync(final());
    writeFileSync(part(), Buffer.alloc(CONTENT.length + 1));
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('removes a download with the wrong content', async () => {
    const wrong = download(entry({ sha256: '0'.repeat(64) }), { cacheDir });
    await expect(wrong).rejects.toMatchObject({ code: 'E_TRACE_CHECKSUM' });
    expect([existsSync(final()), existsSync(part())]).toEqual([false, false]);
  });

  it('removes a download that is too long', async () => {
    const long = download(entry({ bytes: 1000 }), { cacheDir });
    await expect(long).rejects.toThrow('longer than the 1000 bytes');
    expect([existsSync(final()), existsSync(part())]).toEqual([false, false]);
  });

  it('keeps a download that ended early', async () => {
    answer = (response) => {
      response.writeHead(200).end(CONTENT.subarray(0, HALF));
    };
    await expect(download(entry(), { cacheDir })).rejects.toThrow('after 100000 of 200000 bytes');
    expect(existsSync(part())).toBe(true);
    answer = ranged;
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('stops on a signal and keeps what came', async () => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': CONTENT.length });
      response.write(CONTENT.subarray(0, HALF));
    };
    const stop = new AbortController();
    const onProgress = (received: number): void => {
      if (received >= HALF) stop.abort();
    };
    const stopped = download(entry(), { cacheDir, onProgress, signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(final())).toBe(false);
    expect(readFileSync(part()).equals(CONTENT.subarray(0, HALF))).toBe(true);
    answer = ranged;
    await download(entry(), { cacheDir });
    expect(readFileSync(final()).equals(CONTENT)).toBe(true);
  });

  it('passes on what the server refuses', async () => {
    answer = (response) => {
      response.writeHead(404).end('no such file');
    };
    await expect(download(entry(), { cacheDir })).rejects.toThrow('the server answered 404');
    expect(existsSync(part())).toBe(false);
  });

  it('says when there is no server', async () => {
    const url = 'http://127.0.0.1:1/trace.csv';
    await expect(download(entry({ url }), { cacheDir })).rejects.toMatchObject({
      code: 'E_TRACE_DOWNLOAD',
      exitCode: 1,
    });
  });

  it('says when the disk refuses', async () => {
    const file = join(root, `file-${Date.now()}`);
    writeFileSync(file, '');
    await expect(download(entry(), { cacheDir: join(file, 'below') })).rejects.toMatchObject({
      code: 'E_TRACE_DISK',
    });
  });
});

it('pullTrace names the nearest trace', async () => {
  await expect(pullTrace('azure-llm-2023-cod')).rejects.toThrow("'azure-llm-2023-code'");
});
