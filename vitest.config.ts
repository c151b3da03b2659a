import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Sources, not dist: an alias and not a condition, because a condition would reach the
    // workers that a test starts and send plain Node to TypeScript files.
    alias: [
      { find: /^@lithos\/(core|sim|hw-a100)$/, replacement: source('packages/$1/src/index.ts') },
      { find: /^@lithos\/hw-a100\/ptx$/, replacement: source('packages/hw-a100/src/ptx/text.ts') },
      { find: /^@lithos\/(traces|experiments)$/, replacement: source('$1/src/index.ts') },
      {
        find: /^@lithos\/(traces|experiments)\/node$/,
        replacement: source('$1/src/node/index.ts'),
      },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/viz/e2e/**/*.test.ts',
      'traces/src/**/*.test.ts',
      'experiments/src/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    reporters: ['default', './tools/plain-reporter.ts'],
    // Many tests wait for a process or a browser: each core has a worker.
    maxWorkers: '100%',
    testTimeout: 60_000,
    env: { NO_COLOR: '1' },
  },
});
