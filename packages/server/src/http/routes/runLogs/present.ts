import type { Retention, RunLog, Statistics } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { StoredLogLine } from '../../../ports/runControlStore.ts';
import type { RetentionDays, RetentionFacts, TakenStatistics } from '../../../ports/taskStore.ts';

export function presentLog(lines: readonly StoredLogLine[], after: number, ended: boolean): RunLog {
  return {
    lines: lines.map(({ no, at, stream, line }) => ({ no, at: isoInstant(at), stream, line })),
    next: lines.at(-1)?.no ?? after,
    ended,
  };
}

export function presentStatistics(taken: readonly TakenStatistics[]): Statistics {
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

export function presentRetention(days: RetentionDays, facts: RetentionFacts, countedTo: number): Retention {
  const { runs, events, quarantined, slices } = facts;
  const detailBytes = slices.reduce((sum, { bytes }) => sum + bytes, 0);
  return { days: { ...days }, due: { runs, detailBytes, events, quarantined }, countedTo };
}
