import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lithos, temporaryFolder, writeScenario } from './testing.ts';

const FOLDER = temporaryFolder();
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

/** Runs a command that must be refused as bad input, and gives what it says. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lithos(args, { cwd: FOLDER });
  expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
  expect(existsSync(join(FOLDER, 'runs'))).toBe(false);
  return stderr;
}

describe.concurrent('a command line that cannot be', () => {
  it.each([
    [['compar'], "unknown command 'compar'", "did you mean 'compare'?"],
    [['compare'], "missing required argument 'scenario'", '--help'],
    [['run', 'quickstart'], "'--policy <name>' not specified", '--help'],
    [['compare', 'quickstart', '--polices', 'mps'], "'--polices'", "did you mean '--policies'?"],
    [['compare', 'quickstat'], "no scenario file 'quickstat'", "did you mean 'quickstart'?"],
    [['run', 'quickstart', '--policy', 'lithso'], "no policy 'lithso'", "did you mean 'lithos'?"],
    [['compare', 'quickstart', '--policies', 'mps,mps'], 'given twice', 'remove one'],
    [['compare', 'quickstart', '--duration', '60'], "'60' has no unit", 'write 60s'],
    [['compare', 'quickstart', '--duration', '0s'], "'0s' is zero", 'above zero'],
    [['compare', 'quickstart', '--seeds', '0'], "--seeds: '0'", 'whole number'],
    [['compare', 'quickstart', '--jobs', 'many'], "--jobs: 'many'", 'whole number'],
    [['compare', 'quickstart', '--record', 'some'], "'some' is invalid", '--help'],
    [['devices', 'h20'], "no device 'h20'", "did you mean 'h200'?"],
    [['profile', 'info', 'resnet50-b9'], "'resnet50-b9'", 'lithos profile list'],
    [['traces', 'info', 'azure-llm-2023-cov'], "'azure-llm-2023-conv'", 'lithos traces list'],
    [['traces', 'pull', 'nothing-like-it'], "unknown trace 'nothing-like-it'", 'traces list'],
    [['validate', 'loadgen', '--measurements', 'none.csv'], 'cannot read none.csv', ''],
  ])('%j is refused', async (args, problem, fix) => {
    const said = await refusal(...args);
    const [error = '', advice = ''] = said.split('\n');
    expect(error).toMatch(/^error: /);
    expect(error).toContain(problem);
    expect(advice).toContain(fix);
    expect(said).not.toContain('    at ');
  });

  it.each([
    ['lithos.atomizer.quantm=250us', "no parameter 'atomizer.quantm'", "'atomizer.quantum'"],
    ['lithos.atomizer.quantum=250', "'250' has no unit", '250us'],
    ['lithos.atomizer.quantum=1ns', "'atomizer.quantum' of policy 'lithos' is 1", 'from 10000'],
    ['lithos.stealing=yes', "'yes' is not a switch", 'on or off'],
    ['lithos.stealing.best-effort-share=0.3', 'no per-cent sign', '25%'],
    ['lithso.stealing=on', "no policy 'lithso'", "'lithos'"],
    ['mig.stealing=on', 'not among those that run (lithos, mps)', '--policies'],
    ['stealing', 'not POLICY.PARAMETER=VALUE', '--set lithos.'],
  ])('--set %s is refused', async (setting, problem, fix) => {
    const scenario = writeScenario(FOLDER);
    const said = await refusal('compare', scenario, '--set', setting);
    expect(said).toContain(problem);
    expect(said).toContain(fix);
  });
});

describe.concurrent('a scenario that cannot be', () => {
  it.each([
    ['quota: 75%', 'quotta: 75%', ':9:', "unknown key 'quotta'", "did you mean 'quota'?"],
    ['duration: 500ms', 'duration: 60', ':3:', "'60' has no unit", 'write 60s'],
    ['quota: 75%', 'quota: 130%', ':9:', "'130%' is more than 100%", 'at most 100%'],
    ['resnet50-b1 ', 'resnet5-b1 ', ':10:', "unknown profile 'resnet5-b1'", "'resnet50-b1'"],
    ['a100-40gb', 'a100-40g', ':2:', "unknown device 'a100-40g'", "'a100-40gb'"],
    ['[lithos, mps]', '[lithos, mp]', ':17:', "unknown policy 'mp'", "'mps'"],
    [
      'class: be',
      'class: hp\n    quota: 26%',
      ':15:',
      'quotas add up to 101% of a100-40gb',
      'lower the quotas',
    ],
    [
      'profile: resnet50-b1 ',
      'model: llama3-8b, engine: continuous-batching, max_batch: 200 ',
      '',
      'the tenants need 127.1 GB, and a100-40gb has 42.9 GB',
      'choose smaller models',
    ],
    ['poisson: 200/s', 'trace: azure-llm-2023-con', ':11:', "'azure-llm-2023-con'", "-conv'"],
  ])('with %s → %s is refused', async (find, replacement, line, problem, fix) => {
    const scenario = writeScenario(FOLDER, find, replacement);
    const said = await refusal('compare', scenario);
    expect(said).toContain(`${scenario}${line}`);
    expect(said).toContain(problem);
    expect(said).toContain(fix);
  });
});

describe.concurrent('an output folder', () => {
  it('with something in it is refused', async () => {
    const out = join(FOLDER, 'taken');
    mkdirSync(out);
    writeFileSync(join(out, 'notes.txt'), 'mine');
    const scenario = writeScenario(FOLDER);
    const said = await refusal('compare', scenario, '--out', out);
    expect(said).toContain(`${out} exists and is not empty`);
    expect(said).toContain('--force');
  });

  it('cannot be a file', async () => {
    const out = join(FOLDER, 'file');
    writeFileSync(out, '');
    const said = await refusal('compare', writeScenario(FOLDER), '--out', out);
    expect(said).toContain(`${out} is a file`);
  });
});

describe.concurrent('inputs', () => {
  it('that are not here are refused before anything is written', async () => {
    const scenario = writeScenario(FOLDER, 'poisson: 200/s', 'trace: azure-llm-2023-conv');
    const traces = join(FOLDER, 'traces');
    mkdirSync(traces);
    writeFileSync(join(traces, 'AzureLLMInferenceTrace_conv.csv'), 'TIMESTAMP\n');
    const { code, stderr } = await lithos(['compare', scenario], {
      cwd: FOLDER,
      env: { LITHOS_TRACES: traces },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('AzureLLMInferenceTrace_conv.csv');
    expect(existsSync(join(FOLDER, 'runs'))).toBe(false);
  });
});
