import type { PtxKernel } from '@lithos/core';
import { wrap } from '../layout.ts';
import { splittingText } from '../ptx-verdicts.ts';
import type { Terminal } from '../terminal.ts';

/** The output of `lithos hw ptx --json`. */
export interface HwPtx {
  readonly schema: 'lithos/hw-ptx@1';
  readonly file: string;
  readonly kernels: readonly {
    readonly name: string;
    readonly parameters: PtxKernel['parameters'];
    readonly splitting: {
      readonly kind: PtxKernel['splitting']['kind'];
      readonly cluster_blocks?: number;
      readonly reasons?: readonly string[];
    };
    readonly static_shared_bytes: number;
    readonly max_threads?: number;
    readonly required_block?: readonly number[];
    readonly cooperative: boolean;
  }[];
}

export function hwPtx(file: string, kernels: readonly PtxKernel[]): HwPtx {
  return {
    schema: 'lithos/hw-ptx@1',
    file,
    kernels: kernels.map(({ maxThreads, requiredBlock, ...kernel }) => ({
      name: kernel.name,
      parameters: kernel.parameters,
      splitting: splittingJson(kernel.splitting),
      static_shared_bytes: kernel.staticSharedBytes,
      ...(maxThreads !== undefined && { max_threads: maxThreads }),
      ...(requiredBlock && { required_block: requiredBlock }),
      cooperative: kernel.cooperative,
    })),
  };
}

function splittingJson(splitting: PtxKernel['splitting']): HwPtx['kernels'][number]['splitting'] {
  return splitting.kind === 'cluster-multiple'
    ? { kind: splitting.kind, cluster_blocks: splitting.clusterBlocks }
    : splitting;
}

/** Prints the kernels of a module, a paragraph each. */
export function reportPtx(terminal: Terminal, kernels: readonly PtxKernel[]): void {
  kernels.forEach((kernel, i) => {
    if (i > 0) terminal.print('');
    const types = kernel.parameters.map(({ type }) => type).join(', ');
    terminal.print(`${kernel.name}(${types})`);
    for (const fact of facts(kernel)) {
      for (const line of wrap(fact, terminal.width - 2)) terminal.print(`  ${line}`);
    }
  });
}

function facts(kernel: PtxKernel): readonly string[] {
  const { maxThreads, requiredBlock, staticSharedBytes } = kernel;
  return [
    `runs ${splittingText(kernel.splitting)}`,
    ...(requiredBlock ? [`demands blocks of ${requiredBlock.join(' x ')} threads`] : []),
    ...(maxThreads === undefined ? [] : [`allows ${maxThreads} threads in a block`]),
    ...(staticSharedBytes > 0
      ? [`has ${staticSharedBytes} bytes of shared memory of its own`]
      : []),
    ...(kernel.cooperative ? ['needs a cooperative launch: refused in scenarios'] : []),
  ];
}
