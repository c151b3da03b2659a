import { ptxMemoryBytes } from '@lithos/core';
import type { ScenarioContext } from './context.ts';

const A100 = { tpcCount: 54, blockSharedBytes: 163 * 1024, smRegisters: 65_536 };

/** Names and sizes for tests; nothing here is measured. */
export const CONTEXT: ScenarioContext = {
  devices: [
    { id: 'a100-40gb', memoryBytes: 40e9, ...A100 },
    { id: 'a100-80gb', memoryBytes: 80e9, ...A100 },
  ],
  policies: ['lithos', 'mps', 'mig', 'time-slicing'],
  profiles: ['resnet50-b8', 'resnet50-train-b32'],
  llmModels: ['llama3-8b', 'llama3-70b'],
  traces: ['azure-llm-2023-conv'],
  generators: ['azure-llm-2023-conv-fit'],
  memoryNeed: (workload) => {
    if (workload.kind === 'ptx') return ptxMemoryBytes(workload.work);
    if (workload.kind === 'profile') return 4e9;
    return workload.model === 'llama3-70b' ? 70e9 : 20e9;
  },
};

/** A scenario file that uses most of the format. */
export const QUICKSTART = `\
device: a100-40gb
duration: 60s
warmup: 5s
seed: 7
tenants:
  - name: chat
    class: hp
    quota: 75%
    workload: { model: llama3-8b, engine: continuous-batching, max_batch: 16 }
    arrivals: { trace: azure-llm-2023-conv, sample: 25% }
    slo: { latency_p99: 2s, tpot_p99: 250us }
  - name: classify
    class: hp
    quota: 25%
    workload: { profile: resnet50-b8 }
    arrivals: { poisson: 200/s }
    slo: { latency_p99: 15ms }
  - name: train
    class: be
    workload: { profile: resnet50-train-b32, launch: stream }
    arrivals: { closed: 1 }
policies: [lithos, mps]
`;

/** The quickstart with one text replaced. */
export function edited(from: string, to: string): string {
  if (!QUICKSTART.includes(from)) throw new Error(`'${from}' is not in the quickstart`);
  return QUICKSTART.replace(from, to);
}
