import { describe, expect, it } from 'vitest';
import { lithos } from './testing.ts';

/** The JSON object that a command prints, and nothing else on stdout. */
async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await lithos([...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.concurrent('lists', () => {
  it('give policies with their parameters', async () => {
    const all = await json('policies');
    expect(all.schema).toBe('lithos/policies@1');
    const names = (all.policies as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['lithos', 'mps', 'mig', 'time-slicing']));
    const one = (await json('policies', 'lithos')).policies as { parameters: object }[];
    expect(one).toHaveLength(1);
    expect(one[0]?.parameters).toHaveProperty(['atomizer.quantum', 'default'], 500_000);
    const { stdout } = await lithos(['policies', 'lithos']);
    expect(stdout).toContain('lithos.atomizer.quantum=500us');
  });

  it('give devices, each number with its source', async () => {
    const { devices } = await json('devices');
    expect(devices).toContainEqual(expect.objectContaining({ id: 'a100-40gb' }));
    const { device } = await json('devices', 'a100-40gb');
    expect(device).toHaveProperty('geometry.tpcs.value', 54);
    const { stdout } = await lithos(['devices', 'a100-40gb']);
    expect(stdout).toMatch(/^geometry\.tpcs +54 +NVIDIA A100/m);
  });

  it('give scenarios with their first line', async () => {
    const { scenarios } = await json('scenarios');
    expect(scenarios).toContainEqual(
      expect.objectContaining({ name: 'quickstart', summary: expect.stringMatching(/^\w.*\.$/) }),
    );
  });

  it('give traces, and whether they are here', async () => {
    const env = { LITHOS_TRACES: '/nowhere', XDG_CACHE_HOME: '/nowhere' };
    const { traces, generators } = await json('traces', 'list');
    expect(traces).toContainEqual(expect.objectContaining({ id: 'azure-llm-2023-conv' }));
    expect(generators).toContainEqual(expect.objectContaining({ id: 'azure-llm-2023-conv' }));
    const info = await lithos(['traces', 'info', 'azure-llm-2023-code'], { env });
    expect(info.code).toBe(0);
    expect(info.stdout).toMatch(/licence +CC BY 4\.0/);
  });

  it('give profiles and what they consist of', async () => {
    const { profiles } = await json('profile', 'list');
    expect(profiles).toContainEqual(
      expect.objectContaining({ id: 'resnet50-b1', launches: 283, measured_on: 'h200' }),
    );
    const one = await json('profile', 'info', 'resnet50-b1');
    expect(one.top_kernels).toHaveLength(10);
    expect((one.top_kernels as { share_pct: number }[])[0]?.share_pct).toBeGreaterThan(10);
  });
});

describe.concurrent('help', () => {
  it('names every command, with the exit codes', async () => {
    const { code, stdout } = await lithos(['--help']);
    expect(code).toBe(0);
    for (const command of ['compare', 'run', 'policies', 'traces', 'profile', 'bench']) {
      expect(stdout).toContain(`  ${command} `);
    }
    expect(stdout).toContain('130 interrupted');
  });

  it('is printed for lack of a command, which is a usage error', async () => {
    expect((await lithos([])).code).toBe(2);
    const { code, stdout, stderr } = await lithos(['traces']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('pull');
  });

  it('gives the version', async () => {
    expect((await lithos(['--version'])).stdout).toBe('0.1.0\n');
  });
});
