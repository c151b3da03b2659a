import type { KernelProfile } from '@lithos/core';

/** What the memory need of a model follows from. Bytes are of fp16 weights and activations. */
export interface ModelFacts {
  /** `model` of kernel profiles. */
  readonly id: string;
  readonly parameters: number;
  /** Attention with a KV cache, for models that generate tokens. */
  readonly attention?: {
    readonly layers: number;
    readonly kvHeads: number;
    readonly headDim: number;
  };
  /** Activations that are live at once in a forward pass, bytes per sample (or per prompt token). */
  readonly inferenceActivationBytes: number;
  /** Activations kept for the backward pass, bytes per sample; models that we have no training of: 0. */
  readonly trainingActivationBytes: number;
  /** Where the numbers come from. */
  readonly source: string;
}

const MIB = 2 ** 20;

/**
 * CUDA context, cuBLAS and cuDNN workspaces and the allocator's slack of one process: an allowance, as
 * some 0.5 GiB is what a PyTorch process shows before it allocates.
 */
export const RUNTIME_BYTES = 512 * MIB;
const FP16_BYTES = 2;
/** Weight, gradient and momentum in fp16: the profiled training steps are SGD in pure fp16. */
const TRAINING_BYTES_PER_PARAMETER = 6;

/**
 * Activations: for CNNs the outputs of all convolutions (timm's `macts` at the model's input size),
 * of which training keeps three copies (convolution, normalisation, activation) and inference some
 * tenth at once. For BERT s (34 h + 5 a s) bytes per layer and sample (Korthikanti et al. 2022).
 */
export const MODELS: readonly ModelFacts[] = [
  {
    id: 'resnet50',
    parameters: 25.6e6,
    inferenceActivationBytes: 8 * MIB,
    trainingActivationBytes: 64 * MIB,
    source: '25.6 M parameters (torchvision), 11.1 M activations at 224 x 224',
  },
  {
    id: 'vgg19',
    parameters: 143.7e6,
    inferenceActivationBytes: 13 * MIB,
    trainingActivationBytes: 85 * MIB,
    source: '143.7 M parameters (torchvision), 14.9 M activations at 224 x 224',
  },
  {
    id: 'mobilenet_v2',
    parameters: 3.5e6,
    inferenceActivationBytes: 5 * MIB,
    trainingActivationBytes: 39 * MIB,
    source: '3.5 M parameters (torchvision), 6.7 M activations at 224 x 224',
  },
  {
    id: 'retinanet',
    parameters: 38e6,
    inferenceActivationBytes: 200 * MIB,
    trainingActivationBytes: 0,
    source: 'some 38 M parameters (RetinaNet ResNeXt-50 FPN, MLPerf), 800 x 800 input',
  },
  {
    id: 'yolo-cspdarknet53',
    parameters: 64e6,
    inferenceActivationBytes: 100 * MIB,
    trainingActivationBytes: 0,
    source: 'some 64 M parameters (YOLOv4 with CSPDarknet53), 608 x 608 input',
  },
  {
    id: 'bert-large',
    parameters: 335e6,
    inferenceActivationBytes: 12 * MIB,
    trainingActivationBytes: 132 * MIB,
    source:
      '335 M parameters (Devlin et al. 2019), 24 layers, hidden size 1024; training at 128 tokens',
  },
  {
    id: 'dlrm',
    parameters: 26 * 1e6 * 128 + 2.4e6,
    inferenceActivationBytes: 32 * 1024,
    trainingActivationBytes: 128 * 1024,
    source:
      'assumed: 26 tables (as the profile has lookups) of 1 M rows of 128, and 2.4 M in the MLPs',
  },
  {
    id: 'llama3-8b',
    parameters: 8.03e9,
    attention: { layers: 32, kvHeads: 8, headDim: 128 },
    // Gate and up projection (2 x 14,336) and two hidden states (4096) per prompt token.
    inferenceActivationBytes: FP16_BYTES * (2 * 14_336 + 2 * 4096),
    trainingActivationBytes: 0,
    source: '8.03 G parameters, 32 layers, 8 KV heads of 128 (Llama 3 model card and config)',
  },
  {
    id: 'gptj-6b',
    parameters: 6.05e9,
    attention: { layers: 28, kvHeads: 16, headDim: 256 },
    // MLP (16,384) and the parallel attention branch's states (4 x 4096) per prompt token.
    inferenceActivationBytes: FP16_BYTES * (16_384 + 4 * 4096),
    trainingActivationBytes: 0,
    source: '6.05 G parameters, 28 layers, 16 heads of 256 (GPT-J-6B model card)',
  },
];

/** The facts of a model, or `undefined` if there are none. */
export function findModel(id: string): ModelFacts | undefined {
  return MODELS.find((model) => model.id === id);
}

/** Bytes of KV cache that one token of one sequence takes: keys and values of all layers. */
export function kvBytesPerToken(model: ModelFacts): number {
  const { attention } = model;
  if (attention === undefined) return 0;
  return 2 * attention.layers * attention.kvHeads * attention.headDim * FP16_BYTES;
}

export interface MemoryNeed {
  /** Samples, or sequences, at a time. */
  readonly maxBatch?: number;
  /** Prompt and generated tokens of a sequence, at most. */
  readonly maxContextTokens?: number;
  readonly training?: boolean;
}

/** Bytes of device memory that a tenant needs who runs this model: an estimate to plan with. */
export function modelMemoryBytes(model: ModelFacts, need: MemoryNeed): number {
  const batch = need.maxBatch ?? 1;
  const context = need.maxContextTokens ?? 0;
  if (need.training === true) {
    const state = model.parameters * TRAINING_BYTES_PER_PARAMETER;
    return Math.ceil(RUNTIME_BYTES + state + batch * model.trainingActivationBytes);
  }
  const weights = model.parameters * FP16_BYTES;
  const cache = batch * context * kvBytesPerToken(model);
  // A server that generates tokens prefills one prompt at a time; others run a whole batch at once.
  const atOnce = model.attention === undefined ? batch : Math.max(context, batch);
  return Math.ceil(RUNTIME_BYTES + weights + cache + atOnce * model.inferenceActivationBytes);
}

/**
 * The same for a tenant who runs a profile. What `need` leaves open is taken from the profile.
 * A profile of a model without facts is taken to need what it moves through DRAM in one iteration.
 */
export function memoryBytes(profile: KernelProfile, need: MemoryNeed = {}): number {
  const model = findModel(profile.model);
  if (model === undefined) {
    const moved = profile.work.dramBytes.reduce((sum, bytes) => sum + bytes, 0);
    return Math.ceil(RUNTIME_BYTES + moved);
  }
  const tokens = profile.contextLength ?? profile.sequenceLength ?? 0;
  return modelMemoryBytes(model, {
    maxBatch: profile.batch,
    training: profile.kind === 'training',
    ...(model.attention === undefined ? {} : { maxContextTokens: tokens }),
    ...need,
  });
}
