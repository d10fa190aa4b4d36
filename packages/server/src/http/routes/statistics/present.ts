import type { RunFigures, RunStatistics } from '@tapekeeper/contract';
import { isoInstant, quantileOf, type Histogram, type Sums } from '@tapekeeper/core';
import type { Window } from '../../../app/statistics/window.ts';
import type { SubjectSums, TrendPoint, WorkPoint } from '../../../ports/statisticsStore.ts';

export function presentWindow({ from, to, grain }: Window): RunStatistics['window'] {
  return { from: isoInstant(from), to: isoInstant(to), every: grain };
}

/** The figures of sums over so many days. */
export function presentFigures({ sums, durations }: Omit<SubjectSums, 'subject'>, days: number): RunFigures {
  const worked = sums.success + sums.successWithErrors + sums.failed;
  return {
    runs: sums.runs,
    runsPerDay: sums.runs / days,
    states: statesOf(sums),
    causes: {
      fire: sums.byFire,
      person: sums.byPerson,
      requirement: sums.byRequirement,
      after: sums.byAfter,
      workflow: sums.byWorkflow,
    },
    successRate: worked === 0 ? null : sums.success / worked,
    waiting: durationOf(sums.started, sums.waitingMs, durations.waiting),
    running: durationOf(sums.started, sums.runningMs, durations.running),
    retryWait: durationOf(sums.retried, sums.retryWaitMs, durations.retryWait),
    items: { ok: sums.itemsOk, failed: sums.itemsFailed },
    symbols: { ok: sums.symbolsOk, failed: sums.symbolsFailed, other: sums.symbolsOther },
    rows: { written: sums.rowsWritten, unchanged: sums.rowsUnchanged },
    calls: sums.calls,
    bytes: sums.bytes,
  };
}

export function presentTrend(points: readonly TrendPoint[]): RunStatistics['trend'] {
  return points.map((point) => ({
    from: isoInstant(point.startsAt),
    runs: point.runs,
    states: statesOf(point),
    itemsFailed: point.itemsFailed,
    rowsWritten: point.rowsWritten,
    calls: point.calls,
    waitingP50Ms: quantileOf(point.waiting, 0.5),
    waitingP95Ms: quantileOf(point.waiting, 0.95),
    runningP50Ms: quantileOf(point.running, 0.5),
    runningP95Ms: quantileOf(point.running, 0.95),
  }));
}

/** What was done by stretches, of one subject. */
export function presentWork(points: readonly WorkPoint[] = []) {
  return points.map(({ startsAt, runs, failed, rowsWritten, rowsUnchanged, calls }) => ({
    from: isoInstant(startsAt),
    runs,
    failed,
    rowsWritten,
    rowsUnchanged,
    calls,
  }));
}

function statesOf(sums: Sums): RunFigures['states'] {
  const { success, successWithErrors, failed, cancelled, skipped, missed } = sums;
  return { success, successWithErrors, failed, cancelled, skipped, missed };
}

function durationOf(runs: number, totalMs: number, histogram: Histogram): RunFigures['running'] {
  return {
    runs,
    meanMs: runs === 0 ? null : totalMs / runs,
    p50Ms: quantileOf(histogram, 0.5),
    p95Ms: quantileOf(histogram, 0.95),
    p99Ms: quantileOf(histogram, 0.99),
  };
}
