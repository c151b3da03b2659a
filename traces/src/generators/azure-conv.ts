import type { FittedTrace } from './fitted-trace.ts';

/**
 * Fitted to the conversation trace of the Azure LLM inference dataset 2023 (Microsoft, CC BY 4.0, cite
 * Patel et al., "Splitwise", ISCA 2024; github.com/Azure/AzurePublicDataset).
 * Nearly Poisson once the slow change of the rate is taken out.
 */
export const AZURE_CONV: FittedTrace = {
  id: 'azure-llm-2023-conv',
  windowNs: 60_000_000_000,
  spanNs: 3_501_721_937_000,
  gammaShape: 0.901,
  // biome-ignore format: one line
  counts: [191, 265, 329, 353, 307, 273, 268, 261, 322, 298, 301, 302, 345, 326, 283, 279, 280, 308, 343, 351, 351, 343, 408, 396, 386, 398, 432, 480, 476, 453, 448, 507, 438, 413, 423, 418, 465, 311, 329, 316, 333, 355, 319, 360, 334, 375, 330, 249, 221, 249, 265, 280, 256, 254, 242, 260, 246, 225, 37],
  // biome-ignore format: one line
  inputKnots: [2, 16, 29, 91, 181, 207, 372, 387, 396, 403, 414, 703, 984, 1020, 1045, 1071, 1097, 1130, 1189, 1315, 1876, 2734, 4075, 4083, 4090, 4098, 4142, 4831, 6179, 14050],
  // biome-ignore format: one line
  outputKnots: [7, 14, 16, 24, 41, 54, 67, 77, 85, 91, 96, 103, 113, 129, 151, 177, 217, 384, 395, 400, 411, 424, 430, 451, 509, 540, 601, 643, 954, 1000],
};
