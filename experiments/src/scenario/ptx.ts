import type { PtxLaunch, PtxWork } from '@lithos/core';
import type { ScenarioContext, ScenarioDevice } from './context.ts';
import { readBuffers } from './ptx-buffers.ts';
import { type LaunchScope, readPtxLaunch } from './ptx-launch.ts';
import type { Entry, Mapping } from './source.ts';

/** Launches of one request: each is prepared, and kept, by itself. */
const MAX_LAUNCHES = 10_000;

/**
 * Reads a workload of a user's own kernels: a PTX module, the buffers that launches share, and the
 * launches of one request. Where the module can be read, launches are checked against it.
 * @param file the value of `ptx`
 */
export function readPtxWork(
  map: Mapping,
  file: Entry,
  device: ScenarioDevice,
  context: ScenarioContext,
): PtxWork {
  const path = file.fileBeside('.ptx');
  if (path === undefined) {
    file.fail(
      'E_SCENARIO_PTX',
      `'${file.text()}' does not end with .ptx`,
      'give a file of PTX text, such as nvcc -ptx makes of a .cu file',
    );
  }
  const { ptxKernels, simulated = false } = context;
  const kernels = file.within(() => ptxKernels?.(path));
  const stated = readBuffers(map.get('buffers'));
  const unused = new Set(stated.keys());
  const scope: LaunchScope = {
    path,
    kernels,
    device,
    simulated,
    buffers: [...stated.keys()],
    used: (name) => unused.delete(name),
  };
  const entry = map.need('launches', '[{ kernel: …, grid: …, block: …, args: […] }]');
  const launches = entry.list().map((item) => readPtxLaunch(item, scope));
  checkCount(entry, launches);
  for (const name of unused) {
    stated
      .get(name)
      ?.entry.fail(
        'E_SCENARIO_PTX',
        `no launch takes the buffer '${name}'`,
        `remove it, or give { buffer: ${name} } as an argument`,
      );
  }
  return { path, buffers: [...stated.values()].map(({ buffer }) => buffer), launches };
}

function checkCount(entry: Entry, launches: readonly PtxLaunch[]): void {
  const count = launches.reduce((sum, { repeat }) => sum + repeat, 0);
  if (count <= MAX_LAUNCHES) return;
  entry.fail(
    'E_SCENARIO_PTX',
    `a request of ${count} launches is too long`,
    `make it at most ${MAX_LAUNCHES}, repeats included`,
  );
}
