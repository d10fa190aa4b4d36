import type { OriginId, SourceId } from '../source/source.ts';
import { MISMATCH_KINDS, type MismatchKind } from './classify.ts';
import type { CellComparison } from './compareCell.ts';

/** How often two sources agreed in one column. */
export interface FieldTally extends Readonly<Record<MismatchKind, number>> {
  /** Whose rows are stored. */
  readonly ours: OriginId;
  /** Who was asked beside. */
  readonly theirs: SourceId;
  readonly field: string;
  readonly compared: number;
}

/**
 * Counts comparisons by pair of sources and column, in the order in which they first come up.
 * @example tallyOf([{ ours: 'tushare', theirs: 'baostock', comparison }])[0].compared
 */
export function tallyOf(
  comparisons: readonly {
    readonly ours: OriginId;
    readonly theirs: SourceId;
    readonly comparison: CellComparison;
  }[],
): readonly FieldTally[] {
  const tallies = new Map<string, { -readonly [Key in keyof FieldTally]: FieldTally[Key] }>();
  for (const { ours, theirs, comparison } of comparisons) {
    for (const field of comparison.compared) {
      const key = `${ours} ${theirs} ${field}`;
      const tally = tallies.get(key) ?? {
        ours,
        theirs,
        field,
        compared: 0,
        unit: 0,
        adjustment: 0,
        late: 0,
        real: 0,
      };
      tallies.set(key, tally);
      tally.compared++;
      const found = comparison.mismatches.find(({ column }) => column === field);
      if (found) tally[found.kind]++;
    }
  }
  return [...tallies.values()];
}

/**
 * The part of the compared values that differ, 0 to 1; 0 where nothing was compared.
 * @example mismatchRate({ compared: 4, unit: 1, adjustment: 0, late: 0, real: 0 }) // 0.25
 */
export function mismatchRate(tally: Pick<FieldTally, MismatchKind | 'compared'>): number {
  if (tally.compared === 0) return 0;
  return MISMATCH_KINDS.reduce((total, kind) => total + tally[kind], 0) / tally.compared;
}
