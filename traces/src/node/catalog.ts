import { LithosError, nearest } from '@lithos/core';

/** A public trace that we know where to get. */
export interface TraceEntry {
  readonly id: string;
  readonly title: string;
  /** The publisher's address. */
  readonly url: string;
  /** File name in the cache. */
  readonly file: string;
  /** Folder that the file may lie in, in a collection with a folder per publisher. */
  readonly folder: string;
  readonly bytes: number;
  /** Of the file, lower-case hexadecimal. */
  readonly sha256: string;
  readonly format: 'azure-llm';
  readonly licence: string;
  readonly citation: string;
}

const AZURE =
  'https://raw.githubusercontent.com/Azure/AzurePublicDataset/b469a113cedca53ddc3bdea71a143dc4b7d8700c/data';
const SPLITWISE =
  'Pratyush Patel, Esha Choukse, Chaojie Zhang, Aashaka Shah, Íñigo Goiri, Saeed Maleki, Ricardo Bianchini. "Splitwise: Efficient generative LLM inference using phase splitting", ISCA 2024.';

const AZURE_2023 = {
  folder: 'azure',
  format: 'azure-llm',
  licence: 'CC BY 4.0',
  citation: SPLITWISE,
} as const;

export const TRACES: readonly TraceEntry[] = [
  {
    id: 'azure-llm-2023-conv',
    title: 'Azure LLM inference 2023, conversation: 19,366 requests in 58 minutes',
    url: `${AZURE}/AzureLLMInferenceTrace_conv.csv`,
    file: 'AzureLLMInferenceTrace_conv.csv',
    bytes: 719_188,
    sha256: '2f1e5b666d4e3055fdbba98598ce2ec307767b9064e03e2fa46676dbcc7d0bf8',
    ...AZURE_2023,
  },
  {
    id: 'azure-llm-2023-code',
    title: 'Azure LLM inference 2023, code: 8,819 requests in 57 minutes, very bursty',
    url: `${AZURE}/AzureLLMInferenceTrace_code.csv`,
    file: 'AzureLLMInferenceTrace_code.csv',
    bytes: 320_117,
    sha256: '54e9a6d2a4bd06ba1e060304b900abbc74cbea53de96506e60fe5bb4f2277fb6',
    ...AZURE_2023,
  },
];

/** The entry of a trace; an unknown id is a `LithosError` `E_TRACE_UNKNOWN` that names the nearest. */
export function traceEntry(id: string): TraceEntry {
  const entry = TRACES.find((trace) => trace.id === id);
  if (entry !== undefined) return entry;
  const near = nearest(
    id,
    TRACES.map((trace) => trace.id),
  );
  throw new LithosError(
    'E_TRACE_UNKNOWN',
    `unknown trace '${id}'${near === undefined ? '' : `, did you mean '${near}'?`}`,
    'see `lithos traces list`',
  );
}
