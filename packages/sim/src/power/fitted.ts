import type { PowerConstants } from './constants.ts';

/**
 * Source: fitted to the 29 H200 profiles that ship, by `packages/sim/tools/fit-power.mjs`, which
 * writes this file. `all`: to all of them; any other entry: without the model family it names.
 */
export const FITTED: Readonly<Record<string, PowerConstants>> = {
  all: {
    wattsPerTerm: [125.2, 332.3, 802.4, 765.6, 506.6],
    tensorPerWork: {
      'nvjet-large': 1.091,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.06972,
    },
  },
  'bert-large': {
    wattsPerTerm: [125.4, 324.3, 820, 771.8, 465.3],
    tensorPerWork: {
      'nvjet-large': 1.116,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.7461,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.07335,
    },
  },
  dlrm: {
    wattsPerTerm: [124.8, 350.3, 796.2, 741.8, 500.1],
    tensorPerWork: {
      'nvjet-large': 1.092,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.03518,
    },
  },
  'gptj-6b': {
    wattsPerTerm: [126.3, 331.1, 801, 757.9, 501.3],
    tensorPerWork: {
      'nvjet-large': 1.09,
      'nvjet-small': 0.1646,
      'attention-sm90': 0.6272,
      'attention-other': 0.196,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.06972,
    },
  },
  'llama3-8b': {
    wattsPerTerm: [121.1, 342, 819.2, 783.9, 523.4],
    tensorPerWork: {
      'nvjet-large': 1.025,
      'nvjet-small': 0.1586,
      'attention-sm90': 0.6427,
      'attention-other': 0.1466,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.06972,
    },
  },
  mobilenet_v2: {
    wattsPerTerm: [124.8, 312.3, 817.3, 665.2, 522.5],
    tensorPerWork: {
      'nvjet-large': 1.095,
      'nvjet-small': 0.1564,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.9066,
      'matrix-sm80': 0.07833,
      'matrix-other': 0.1349,
    },
  },
  resnet50: {
    wattsPerTerm: [125.9, 327.3, 815.5, 763.9, 507.9],
    tensorPerWork: {
      'nvjet-large': 1.094,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7106,
      'matrix-sm80': 0.1324,
      'matrix-other': 0.05518,
    },
  },
  retinanet: {
    wattsPerTerm: [125.2, 333.3, 803, 754.8, 506.5],
    tensorPerWork: {
      'nvjet-large': 1.093,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7041,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.06972,
    },
  },
  vgg19: {
    wattsPerTerm: [125.1, 377.8, 772.1, 970.3, 480.1],
    tensorPerWork: {
      'nvjet-large': 1.092,
      'nvjet-small': 0.1583,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.2863,
      'matrix-sm80': 0.2421,
      'matrix-other': 0.06983,
    },
  },
  'yolo-cspdarknet53': {
    wattsPerTerm: [126, 318.2, 809.1, 783.6, 511.8],
    tensorPerWork: {
      'nvjet-large': 1.091,
      'nvjet-small': 0.1596,
      'attention-sm90': 0.6822,
      'attention-other': 0.1679,
      'matrix-sm90': 0.7053,
      'matrix-sm80': 0.1441,
      'matrix-other': 0.06972,
    },
  },
};
