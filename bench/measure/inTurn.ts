/**
 * Measures several ways in turn, A B C A B C, so that a slow spell of a shared machine meets all of
 * them; figures are compared within a round only. Each way gives its own figure. The first rounds warm
 * up and do not count.
 */
export async function inTurn<Way extends string>(
  rounds: { readonly warmUp: number; readonly counted: number },
  ways: Readonly<Record<Way, () => Promise<number>>>,
): Promise<Readonly<Record<Way, readonly number[]>>> {
  const names = Object.keys(ways) as Way[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>;
  for (let round = -rounds.warmUp; round < rounds.counted; round++) {
    for (const name of names) {
      const figure = await ways[name]();
      if (round >= 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** Figure by figure, one way against another of the same round. */
export function ratios(one: readonly number[], other: readonly number[]): readonly number[] {
  return one.map((figure, round) => figure / other[round]!);
}

/** Milliseconds that the work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
