/** The lowest and the highest value a parameter may take. */
export type Bounds = readonly [number, number];

interface Search {
  readonly bounds: readonly Bounds[];
  /** The first step, as a share of each parameter's range. */
  readonly step: number;
  /** The search ends when steps are smaller than this share of the range. */
  readonly tolerance: number;
}

/** A step that gains less than this share of the cost is a rounding error, not a gain. */
const gain = 1 - 1e-9;

/** A search that creeps along a valley is ended: what it would still gain is nothing a shop notices. */
const maximumRounds = 200;

/**
 * Parameters that make `cost` small, by compass search: try a step either way along each parameter, halve the step when
 * none helps. The same input always takes the same path.
 *
 * @see Kolda, Lewis and Torczon (2003), Optimization by direct search, doi 10.1137/S003614450242889
 */
export function minimize(
  cost: (parameters: readonly number[]) => number,
  start: readonly number[],
  { bounds, step, tolerance }: Search,
): readonly number[] {
  let best = [...start];
  let lowest = cost(best);
  let rounds = 0;
  for (let size = step; size >= tolerance && rounds < maximumRounds; rounds++) {
    let moved = false;
    for (let index = 0; index < best.length; index++) {
      const [low, high] = bounds[index] as Bounds;
      for (const direction of [1, -1]) {
        const trial = [...best];
        trial[index] = Math.min(high, Math.max(low, (best[index] as number) + direction * size * (high - low)));
        const found = cost(trial);
        if (!(found < lowest * gain)) continue;
        best = trial;
        lowest = found;
        moved = true;
        break;
      }
    }
    if (!moved) size /= 2;
  }
  return best;
}

/** The value of `candidates` with the lowest cost; of equals the first. */
export function lowestOf<T>(candidates: readonly T[], cost: (candidate: T) => number): T {
  let best = candidates[0] as T;
  let lowest = cost(best);
  for (const candidate of candidates.slice(1)) {
    const found = cost(candidate);
    if (!(found < lowest * gain)) continue;
    best = candidate;
    lowest = found;
  }
  return best;
}
