import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TRACES, traceEntry } from './catalog.ts';
import { cacheFolder, checkTrace, findTrace, locateTrace, traceFolders } from './find-trace.ts';
import { sharedData } from './shared-data.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lithos-find-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const CONV = 'AzureLLMInferenceTrace_conv.csv';

describe('where traces are looked for', () => {
  it('follows the environment', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/c', HOME: '/h' })).toBe('/c/lithos/traces');
    expect(cacheFolder({ HOME: '/h' })).toBe('/h/.cache/lithos/traces');
    expect(traceFolders({ LITHOS_TRACES: '/t', HOME: '/h' }).slice(0, 2)).toEqual([
      '/t',
      '/h/.cache/lithos/traces',
    ]);
  });

  it('takes the first folder that has the file, or a sub-folder by publisher', async () => {
    const entry = traceEntry('azure-llm-2023-conv');
    const env = { LITHOS_TRACES: join(folder, 'own'), XDG_CACHE_HOME: join(folder, 'cache') };
    const cached = join(cacheFolder(env), CONV);
    mkdirSync(cacheFolder(env), { recursive: true });
    writeFileSync(cached, 'x');
    expect(await locateTrace(entry, env)).toBe(cached);
    const own = join(folder, 'own', 'azure', CONV);
    mkdirSync(join(folder, 'own', 'azure'), { recursive: true });
    writeFileSync(own, 'x');
    expect(await locateTrace(entry, env)).toBe(own);
  });

  it('refuses a file with another content, and says so', async () => {
    writeFileSync(join(folder, CONV), 'not the trace');
    const found = findTrace('azure-llm-2023-conv', { LITHOS_TRACES: folder, HOME: folder });
    await expect(found).rejects.toMatchObject({ code: 'E_TRACE_CHECKSUM' });
    await expect(found).rejects.toThrow('is not the published azure-llm-2023-conv');
  });

  it('names the nearest trace', async () => {
    await expect(findTrace('azure-llm-2023-cov')).rejects.toThrow("'azure-llm-2023-conv'");
  });
});

const REAL = sharedData('traces/azure');

it.skipIf(REAL !== undefined)('says how to get a trace that is missing', async () => {
  const missing = findTrace('azure-llm-2023-code', { HOME: folder });
  await expect(missing).rejects.toMatchObject({
    code: 'E_TRACE_MISSING',
    fix: expect.stringContaining('lithos traces pull azure-llm-2023-code'),
  });
});

it.skipIf(REAL === undefined)('finds the published files beside the repository', async () => {
  for (const entry of TRACES) {
    const { path } = await findTrace(entry.id, { HOME: folder });
    await checkTrace(entry, path);
  }
});
