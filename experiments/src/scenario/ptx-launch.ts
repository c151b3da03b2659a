import { blockRegisters, type PtxKernel, type PtxLaunch } from '@lithos/core';
import type { ScenarioDevice } from './context.ts';
import { type ArgumentScope, readArguments } from './ptx-arguments.ts';
import { bytesReader, integerReader, readPositiveDuration } from './quantity.ts';
import type { Entry, Mapping } from './source.ts';

type Dim = readonly [x: number, y: number, z: number];

/** CUDA's limits, the same for all devices of compute capability 3.0 and later. */
const MAX_GRID: Dim = [2 ** 31 - 1, 65_535, 65_535];
const MAX_BLOCK: Dim = [1024, 1024, 64];
const MAX_THREADS = 1024;
/** Blocks of a launch are numbered in 31 bits. */
const MAX_BLOCKS = 2 ** 31 - 1;
/** No device has more in an SM. */
const MAX_SHARED_BYTES = 2 ** 20;
const MAX_REPEAT = 10_000;
const MAX_REGISTERS = 255;

/** A name in PTX. */
const IDENTIFIER = /^([A-Za-z]|[_$%](?=[\w$]))[\w$]*$/;

/** What a launch is read within. */
export interface LaunchScope extends ArgumentScope {
  /** Of the module. */
  readonly path: string;
  /** Its kernels; `undefined` where it cannot be read. */
  readonly kernels: readonly PtxKernel[] | undefined;
  readonly device: ScenarioDevice;
  readonly simulated: boolean;
}

/** Reads one of `launches`. */
export function readPtxLaunch(entry: Entry, scope: LaunchScope): PtxLaunch {
  const map = entry.map([
    'kernel',
    'grid',
    'block',
    'args',
    'shared',
    'repeat',
    'time',
    'registers',
    'whole',
  ]);
  const nameEntry = map.need('kernel', 'the name of an .entry of the module');
  const kernel = findKernel(nameEntry, scope);
  const name = kernel?.name ?? nameEntry.text();
  const timeNs = map.get('time')?.quantity(readPositiveDuration);
  if (scope.simulated && timeNs === undefined) {
    entry.fail(
      'E_SCENARIO_PTX',
      `the simulator cannot tell how long kernel '${name}' takes`,
      'add time: 1.2ms (its device time, alone on the whole GPU), or run it on one with --backend hw',
    );
  }
  const block = readBlock(map.need('block', '[256, 1, 1]'), kernel);
  const registers = readRegisters(map.get('registers'), volume(block), scope.device);
  const launch: PtxLaunch = {
    kernel: name,
    grid: readGrid(map.need('grid', '[128, 1, 1]'), kernel),
    block,
    sharedBytes: readShared(map, entry, kernel, scope.device),
    arguments: readArguments(map.get('args'), entry, kernel, scope),
    repeat: map.get('repeat')?.quantity(integerReader(1, MAX_REPEAT)) ?? 1,
    whole: map.get('whole')?.oneOf(['true', 'false']) === 'true',
    ...(timeNs !== undefined && { timeNs }),
    ...(registers !== undefined && { registers }),
  };
  if (kernel === undefined) return launch;
  const { splitting, staticSharedBytes } = kernel;
  return { ...launch, module: { splitting, staticSharedBytes } };
}

function findKernel(entry: Entry, { kernels, path }: LaunchScope): PtxKernel | undefined {
  if (kernels === undefined) {
    if (IDENTIFIER.test(entry.text())) return undefined;
    const fix = 'write the name of an .entry of the module';
    entry.fail('E_SCENARIO_VALUE', `'${entry.text()}' is no name that PTX knows`, fix);
  }
  const names = kernels.map(({ name }) => name);
  const name = entry.knownName('kernel', names, `lithos hw ptx ${path}`);
  const kernel = kernels.find((candidate) => candidate.name === name);
  if (kernel?.cooperative) {
    entry.fail(
      'E_SCENARIO_PTX',
      `kernel '${name}' synchronises its grid, which takes a cooperative launch, and none is made here`,
      'split it into a kernel for each phase, and launch them one after the other',
    );
  }
  return kernel;
}

/** Three numbers, or fewer, the rest being 1: `[128, 16, 4]`, `[128]`, `128`. */
function readDim(entry: Entry, most: Dim): Dim {
  const items = entry.isList ? entry.list() : [entry];
  if (items.length > 3) {
    entry.fail('E_SCENARIO_VALUE', `${items.length} dimensions are too many`, 'write x, y and z');
  }
  const at = (axis: 0 | 1 | 2): number => items[axis]?.quantity(integerReader(1, most[axis])) ?? 1;
  return [at(0), at(1), at(2)];
}

const volume = ([x, y, z]: Dim): number => x * y * z;

function readGrid(entry: Entry, kernel: PtxKernel | undefined): Dim {
  const grid = readDim(entry, MAX_GRID);
  if (volume(grid) > MAX_BLOCKS) {
    entry.fail(
      'E_SCENARIO_PTX',
      `a grid of ${volume(grid)} blocks is too large`,
      `make it at most ${MAX_BLOCKS} blocks`,
    );
  }
  const splitting = kernel?.splitting;
  if (splitting?.kind === 'cluster-multiple' && grid[0] % splitting.clusterBlocks !== 0) {
    const { clusterBlocks } = splitting;
    entry.fail(
      'E_SCENARIO_PTX',
      `kernel '${kernel?.name}' has clusters of ${clusterBlocks} blocks along x, and the grid has ${grid[0]}`,
      `make it a multiple of ${clusterBlocks}`,
    );
  }
  return grid;
}

function readBlock(entry: Entry, kernel: PtxKernel | undefined): Dim {
  const block = readDim(entry, MAX_BLOCK);
  const threads = volume(block);
  const most = Math.min(MAX_THREADS, kernel?.maxThreads ?? MAX_THREADS);
  if (threads > most) {
    const who = most < MAX_THREADS ? `kernel '${kernel?.name}' allows` : 'a block has';
    entry.fail(
      'E_SCENARIO_PTX',
      `${threads} threads in a block are too many`,
      `${who} at most ${most}`,
    );
  }
  const required = kernel?.requiredBlock;
  if (required?.some((n, axis) => n !== block[axis])) {
    entry.fail(
      'E_SCENARIO_PTX',
      `kernel '${kernel?.name}' demands blocks of ${required.join('x')} threads (.reqntid)`,
      `write block: [${required.join(', ')}]`,
    );
  }
  return block;
}

function readShared(
  map: Mapping,
  launch: Entry,
  kernel: PtxKernel | undefined,
  device: ScenarioDevice,
): number {
  const entry = map.get('shared');
  const dynamic = entry?.quantity(bytesReader(MAX_SHARED_BYTES)) ?? 0;
  const own = kernel?.staticSharedBytes ?? 0;
  if (dynamic + own <= device.blockSharedBytes) return dynamic;
  const sum = own === 0 ? `${dynamic}` : `${dynamic} and its own ${own}`;
  return (entry ?? launch).fail(
    'E_SCENARIO_PTX',
    `${sum} bytes of shared memory are too many`,
    `a block has at most ${device.blockSharedBytes} on ${device.id}`,
  );
}

/** Registers of a thread, where they are stated: those of a whole block must fit an SM. */
function readRegisters(
  entry: Entry | undefined,
  threadsPerBlock: number,
  device: ScenarioDevice,
): number | undefined {
  const registers = entry?.quantity(integerReader(1, MAX_REGISTERS));
  if (entry === undefined || registers === undefined) return undefined;
  const taken = (registersPerThread: number): number =>
    blockRegisters({ threadsPerBlock, registersPerThread });
  if (taken(registers) <= device.smRegisters) return registers;
  let most = registers;
  while (taken(most) > device.smRegisters) most--;
  return entry.fail(
    'E_SCENARIO_PTX',
    `a block of ${threadsPerBlock} threads with ${registers} registers each takes ${taken(registers)}, and an SM of ${device.id} has ${device.smRegisters}`,
    `write at most ${most} for such blocks, as nvcc's --maxrregcount ${most} would make it, or make the block smaller`,
  );
}
