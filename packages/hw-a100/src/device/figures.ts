import { LithosError } from '@lithos/core';
import { openCuda } from '../driver/cuda.ts';
import { type Nvml, openNvml } from '../driver/nvml.ts';

/** What NVML tells of a board while it runs. */
export type Figure = 'power' | 'energy' | 'SM clock';

/** How each figure is read: W, J since the driver was loaded, MHz. */
export const FIGURES: Readonly<Record<Figure, (nvml: Nvml) => number>> = {
  power: (nvml) => nvml.powerW(),
  energy: (nvml) => nvml.energyJ(),
  'SM clock': (nvml) => nvml.smMhz(),
};

export const ALL_FIGURES = Object.keys(FIGURES) as readonly Figure[];

/** A figure that cannot be had here, and why. */
export interface MissingFigure {
  readonly figure: Figure;
  readonly error: LithosError;
}

/** True if a run can go on without what failed; a GPU that is lost is no missing figure. */
export const isMissing = (error: unknown): error is LithosError =>
  error instanceof LithosError && error.code !== 'E_NVML_LOST';

/** The warning for figures that are left out, with what can be done about it. */
export const missingText = (figures: readonly Figure[], { message, fix }: LithosError): string =>
  `results leave out ${figures.join(', ')}: ${message}${fix === undefined ? '' : ` (${fix})`}`;

/** Reads each figure once; tells of those that fail. */
export function tryFigures(nvml: Nvml): readonly MissingFigure[] {
  return ALL_FIGURES.flatMap((figure) => {
    try {
      FIGURES[figure](nvml);
      return [];
    } catch (error) {
      if (isMissing(error)) return [{ figure, error }];
      throw error;
    }
  });
}

/** A warning for each thing that a run on this GPU will do without; none where all can be read. */
export function missingFigures(ordinal: number): readonly string[] {
  const cuda = openCuda();
  cuda.init();
  return missingFiguresOf(cuda.deviceUuid(cuda.device(ordinal)));
}

/** The same for a GPU by its UUID, or by NVML's count. */
export function missingFiguresOf(gpu: string | number): readonly string[] {
  let nvml: Nvml;
  try {
    nvml = openNvml(gpu);
  } catch (error) {
    if (isMissing(error)) return [missingText(ALL_FIGURES, error)];
    throw error;
  }
  try {
    return tryFigures(nvml).map(({ figure, error }) => missingText([figure], error));
  } finally {
    nvml.close();
  }
}
