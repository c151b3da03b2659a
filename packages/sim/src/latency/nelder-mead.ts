/** A point and what the function is there. */
export interface Minimum {
  readonly point: readonly number[];
  readonly value: number;
}

/** Ends the search: the values of all corners are this close together. */
const VALUES_APART = 1e-8;
/** Or after so many steps per dimension. */
const STEPS_PER_DIMENSION = 100;

/**
 * A local minimum of a function without slopes, by the downhill simplex of Nelder and Mead (1965)
 * with their factors: 1, 2, 1/2, 1/2.
 * @param steps from the start to the other corners of the first simplex, one a dimension; those that
 *   are 0 are not searched
 */
export function nelderMead(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  steps: readonly number[],
): Minimum {
  const at = (point: readonly number[]): Minimum => ({ point, value: f(point) });
  const moved = (i: number): readonly number[] => start.map((x, j) => (j === i ? x + step(j) : x));
  const step = (i: number): number => steps[i] as number;
  const searched = [...start.keys()].filter((i) => step(i) !== 0);
  let corners = [at(start), ...searched.map((i) => at(moved(i)))].sort(byValue);
  for (let n = STEPS_PER_DIMENSION * searched.length; n > 0; n--) {
    const best = corners[0] as Minimum;
    const worst = corners.at(-1) as Minimum;
    if (worst.value - best.value <= VALUES_APART) break;
    const others = corners.slice(0, -1);
    const centre = start.map((_, i) => mean(others.map(({ point }) => point[i] as number)));
    const beyond = (factor: number): Minimum =>
      at(centre.map((x, i) => x + factor * (x - (worst.point[i] as number))));
    const next = replacement(beyond, best, others.at(-1) as Minimum, worst);
    if (next !== undefined) corners = [...others, next].sort(byValue);
    else {
      const halved = others
        .slice(1)
        .concat(worst)
        .map(({ point }) => at(halfway(best.point, point)));
      corners = [best, ...halved].sort(byValue);
    }
  }
  return corners[0] as Minimum;
}

/** What takes the worst corner's place: reflected, expanded or contracted; nothing if all shrink. */
function replacement(
  beyond: (factor: number) => Minimum,
  best: Minimum,
  second: Minimum,
  worst: Minimum,
): Minimum | undefined {
  const reflected = beyond(1);
  if (reflected.value < best.value) {
    const expanded = beyond(2);
    return expanded.value < reflected.value ? expanded : reflected;
  }
  if (reflected.value < second.value) return reflected;
  const isBetter = reflected.value < worst.value;
  const contracted = beyond(isBetter ? 0.5 : -0.5);
  return contracted.value < (isBetter ? reflected : worst).value ? contracted : undefined;
}

const byValue = (a: Minimum, b: Minimum): number => a.value - b.value;

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

const halfway = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((x, i) => (x + (b[i] as number)) / 2);
