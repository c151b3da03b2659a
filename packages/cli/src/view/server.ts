import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { LithosError } from '@lithos/core';
import { RECORD_FILES } from '@lithos/experiments';
import type { ServedRun } from './run-folders.ts';

/** The viewer, served on this machine alone. */
export interface ViewServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Loopback: nothing from outside this machine reaches it. */
const HOST = '127.0.0.1';
const NAMES = ['127.0.0.1', 'localhost'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.yaml': 'text/yaml; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.parquet': 'application/vnd.apache.parquet',
};

/**
 * Serves the built page and run records: `/` is the page, `/runs/NAME/FILE` a file of a run record.
 * Nothing else can be read, whatever the address says.
 * @param page folder of the built page
 * @param port 0 takes any that is free
 */
export function serveView(
  page: string,
  runs: readonly ServedRun[],
  port: number,
): Promise<ViewServer> {
  const server = createServer((request, response) => answer(request, response, page, runs));
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(refusal(error, port)));
    server.listen(port, HOST, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port was given');
      resolve({ port: address.port, close: () => closed(server) });
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  page: string,
  runs: readonly ServedRun[],
): void {
  // A page elsewhere may point a name of its own at this address: it is not answered.
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!NAMES.includes(host)) {
    refuse(response, 403);
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405);
    return;
  }
  const file = fileOf(request.url ?? '/', page, runs);
  const stats = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  if (file === undefined || stats === undefined || !stats.isFile()) {
    refuse(response, 404);
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-length': stats.size,
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  createReadStream(file, { highWaterMark: 2 ** 20 })
    .on('error', () => response.destroy())
    .pipe(response);
}

/** The file that an address means, or `undefined` if it means none that may be read. */
export function fileOf(url: string, page: string, runs: readonly ServedRun[]): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.replace(/[?#].*$/, ''));
  } catch {
    return undefined;
  }
  const parts = path.split('/').slice(1);
  if (path.includes('\0') || parts.some((part) => part === '..' || part.includes('\\'))) {
    return undefined;
  }
  if (parts[0] === 'runs') {
    const run = runs.find(({ name }) => name === parts[1]);
    const known = Object.values(RECORD_FILES).find((name) => name === parts[2]);
    return run === undefined || known === undefined || parts.length !== 3
      ? undefined
      : join(run.folder, known);
  }
  const file = join(page, path === '/' ? 'index.html' : path);
  return file.startsWith(page + sep) ? file : undefined;
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${status}\n`);
}

function refusal(error: Error, port: number): Error {
  if (!('code' in error)) return error;
  if (error.code === 'EADDRINUSE') {
    return new LithosError(
      'E_PORT',
      `port ${port} is taken`,
      'give another with --port, or none: a free one is then found',
    );
  }
  if (error.code === 'EACCES') {
    return new LithosError('E_PORT', `port ${port} may not be used`, 'give one above 1023');
  }
  return error;
}
