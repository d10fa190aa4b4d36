import type { Statistics } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { TakenStatistics } from '../../../ports/taskStore.ts';

export function presentTables(taken: readonly TakenStatistics[]): Statistics {
  return {
    tables: taken.map(({ takenAt, freshAsOf, lastRunId, lastRunState, ...figures }) => ({
      ...figures,
      takenAt: isoInstant(takenAt),
      freshAsOf: freshAsOf === null ? null : isoInstant(freshAsOf),
      coverage: coverageOf(figures),
      lastRun: lastRunId === null || lastRunState === null ? null : { id: lastRunId, state: lastRunState },
    })),
  };
}

function coverageOf({
  expectedCells,
  gapCells,
}: Pick<TakenStatistics, 'expectedCells' | 'gapCells'>): number | null {
  if (expectedCells === null || gapCells === null || expectedCells === 0) return null;
  return (expectedCells - gapCells) / expectedCells;
}
