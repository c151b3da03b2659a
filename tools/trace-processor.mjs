/**
 * Perfetto's trace processor in this process, from the files of its WebAssembly build in a folder:
 * `trace_processor.wasm`, `engine_bundle.node.js` (what loads it, made for a worker of a browser) and
 * `engine.mjs` (the protocol to speak to it).
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { runInThisContext } from 'node:vm';

/** Bytes of a trace that are sent at once. */
const PART = 2 ** 25;

/** Loads a trace. @returns what runs SQL on it, and what ends it all */
export async function openTrace(folder, bytes) {
  const base = pathToFileURL(`${resolve(folder)}/`);
  const { EngineBase } = await import(new URL('engine.mjs', base).href);
  const { port1: here, port2: there } = new MessageChannel();
  await startWorker(base, there);
  class Engine extends EngineBase {
    mode = 'WASM';
    id = 'trace';
    rpcSendRequestBytes(data) {
      here.postMessage(data);
    }
  }
  const engine = new Engine();
  here.onmessage = ({ data }) => engine.onRpcResponseBytes(data);
  for (let at = 0; at < bytes.length; at += PART) await engine.parse(bytes.subarray(at, at + PART));
  await engine.notifyEof();
  const close = () => {
    here.close();
    there.close();
  };
  return { query: async (sql) => rowsOf(await engine.query(sql)), close };
}

/** Gives the bundle the surroundings of a worker, and then the port on which it is spoken to. */
async function startWorker(base, port) {
  class FileRequest {
    open(_method, url) {
      this.url = new URL(url, base);
    }
    send() {
      this.response = new Uint8Array(readFileSync(this.url)).buffer;
    }
  }
  const surroundings = {
    self: globalThis,
    location: { href: base.href },
    WorkerGlobalScope: class {},
    XMLHttpRequest: FileRequest,
  };
  for (const [name, value] of Object.entries(surroundings)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  runInThisContext(readFileSync(new URL('engine_bundle.node.js', base), 'utf8'));
  // The module starts in promises that nothing here can await.
  await setImmediate();
  globalThis.self.onmessage({ data: port });
}

function rowsOf(result) {
  const names = result.columns();
  const rows = [];
  for (const row = result.iter({}); row.valid(); row.next()) {
    const value = (name) => {
      const found = row.get(name);
      return typeof found === 'bigint' ? Number(found) : found;
    };
    rows.push(Object.fromEntries(names.map((name) => [name, value(name)])));
  }
  return rows;
}
