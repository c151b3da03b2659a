import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPolicy, POLICIES, type PolicyDefinition } from '@lithos/core';
import { parseScenario, run, simBackend } from '@lithos/experiments';
import { loadInputs, scenarioContext } from '@lithos/experiments/node';
import { afterAll, describe, expect, it } from 'vitest';
import { testedBlocks } from './markdown-blocks.ts';
import { ptxReader } from './ptx-files.ts';
import { execute, MAIN, REPOSITORY, SMALL, temporaryFolder } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** A folder that looks like the repository to a command, but takes what it writes. */
function playground(): { readonly cwd: string; readonly env: Record<string, string> } {
  const cwd = join(FOLDER, 'repository');
  const bin = join(FOLDER, 'bin');
  if (!existsSync(cwd)) {
    for (const folder of [cwd, bin]) mkdirSync(folder);
    symlinkSync(join(REPOSITORY, 'experiments'), join(cwd, 'experiments'));
    const npx = join(bin, 'npx');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
    chmodSync(npx, 0o755);
  }
  return { cwd, env: { PATH: `${bin}:${process.env.PATH}` } };
}

describe('commands in the documentation', () => {
  const commands = ['README.md', 'docs/guides/scenarios.md', 'docs/guides/export.md'].flatMap(
    (file) => testedBlocks(file).filter(({ language }) => language === 'sh'),
  );

  it.each(commands)('do what they say: $text', async ({ text }) => {
    expect(text).toMatch(/^npx lithos /);
    const { code, stderr, stdout } = await execute('sh', ['-e', '-c', text], playground());
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).not.toBe('');
  });

  it('are some', () => {
    expect(commands.length).toBeGreaterThan(0);
  });
});

describe('the scenario guide', () => {
  it('shows a scenario that is one', () => {
    const [block] = testedBlocks('docs/guides/scenarios.md');
    const scenario = parseScenario(block?.text ?? '', 'example.yaml', scenarioContext());
    expect(scenario.tenants.map(({ name }) => name)).toEqual(['chat', 'train']);
  });
});

describe('its section on own kernels', () => {
  it('shows a scenario whose launches fit the module that ships', () => {
    const block = testedBlocks('docs/guides/scenarios.md').find((b) => b.name === 'own-kernels');
    const file = join(REPOSITORY, 'experiments/scenarios/hardware/example.yaml');
    const context = scenarioContext({ ptxKernels: ptxReader(), simulated: true });
    const { tenants } = parseScenario(block?.text ?? '', file, context);
    expect(tenants.map(({ workload }) => workload.kind)).toEqual(['profile', 'ptx']);
  });
});

describe('the policy guide', () => {
  const core = join(REPOSITORY, 'packages/core/src');
  const file = join(FOLDER, 'hard-quotas.ts');
  const [block] = testedBlocks('docs/guides/write-a-policy.md');
  writeFileSync(join(FOLDER, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    file,
    (block?.text ?? '')
      .replaceAll("from '../", `from '${core}/`)
      .replaceAll("from './", `from '${core}/policies/`),
  );

  it('shows a policy that compiles', async () => {
    const config = join(FOLDER, 'tsconfig.json');
    const compilerOptions = {
      composite: false,
      noEmit: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
    };
    const base = join(REPOSITORY, 'tsconfig.base.json');
    writeFileSync(config, JSON.stringify({ extends: base, compilerOptions, files: [file] }));
    const tsc = join(REPOSITORY, 'node_modules/typescript/bin/tsc');
    const { code, stdout } = await execute(process.execPath, [tsc, '-p', config]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  });

  it('shows a policy that runs once it is registered', async () => {
    const { hardQuotas } = (await import(file)) as { hardQuotas: PolicyDefinition };
    (POLICIES as PolicyDefinition[]).push(hardQuotas);
    expect(findPolicy('hard-quotas').description).toContain('nobody steals');
    const scenario = parseScenario(SMALL, 'small.yaml', scenarioContext());
    const result = await run(
      {
        scenario,
        policy: 'hard-quotas',
        seed: 1,
        device: simBackend.open(scenario.device),
        inputs: await loadInputs(scenario),
        solo: [500, 40],
      },
      { clock: () => performance.now(), pause: () => Promise.resolve() },
    );
    const [service, training] = result.tenants;
    expect(service?.slo_attainment_pct).toBe(100);
    expect(training?.throughput_per_s).toBeGreaterThan(0);
  });
});
