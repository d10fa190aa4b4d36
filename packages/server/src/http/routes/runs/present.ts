import type { DryRun, Run, RunSymbols } from '@tapekeeper/contract';
import { isoInstant, RUN_MACHINE, type Instant } from '@tapekeeper/core';
import type { DryRunReport } from '../../../app/dryRun.ts';
import { progressOf } from '../../../app/explain/runProgress.ts';
import type { PlanSummary } from '../../../ports/runStore.ts';
import type { RunSymbolView, RunView } from '../../../ports/viewStore.ts';

export function presentRun(run: RunView): Run {
  return {
    id: run.id,
    type: run.type,
    dataset: run.dataset,
    from: run.params?.from ?? null,
    to: run.params?.to ?? null,
    symbols: run.params?.symbols?.length ?? null,
    sources: [...(run.params?.sources ?? [])],
    force: run.params?.force ?? false,
    wish: { ...run.wish },
    cause: run.cause,
    requestedBy: run.requestedBy,
    job: run.jobId === null ? null : { id: run.jobId, key: run.jobKey ?? '', version: run.jobVersion },
    scheduledFor: instantOrNull(run.scheduledFor),
    parentRunId: run.parentRunId,
    resumesRunId: run.resumesRunId,
    upstreamRunId: run.upstreamRunId,
    node: run.node,
    priority: run.priority,
    group: run.group,
    waitsForTurn: run.waitsForTurn,
    attempt: run.attempt,
    maxAttempts: run.maxAttempts,
    timeoutSeconds: run.timeoutSeconds,
    retryAt: instantOrNull(run.retryAt),
    stop: run.stop,
    pausing: run.pauseAskedAt !== null && run.state === 'running',
    result: run.result,
    state: run.state,
    reason: run.reason,
    error: run.error === null ? null : { code: run.error.code, message: run.error.message },
    plan: run.plan === null ? null : presentPlan(run.plan),
    progress: presentProgress(run),
    outcomes: run.outcomes,
    servedBy: run.servedBy.map((one) => ({ ...one })),
    rowsWritten: run.rowsWritten,
    rowsUnchanged: run.rowsUnchanged,
    calls: run.calls,
    bytes: run.bytes,
    createdAt: isoInstant(run.createdAt),
    startedAt: instantOrNull(run.startedAt),
    finishedAt: instantOrNull(run.finishedAt),
    waitingMs: Math.max(0, (run.startedAt ?? run.finishedAt ?? run.readAt) - run.createdAt),
    retryWaitedMs: run.retryWaitedMs,
    runningMs: runningMsOf(run),
  };
}

function instantOrNull(at: Instant | null): string | null {
  return at === null ? null : isoInstant(at);
}

/** Progress counts every symbol that is done with, however it went, so that it reaches the whole. */
function presentProgress(run: RunView): Run['progress'] {
  const symbolsDone = Object.values(run.outcomes).reduce((sum, count) => sum + count, 0);
  const isOver = RUN_MACHINE.terminal.includes(run.state);
  const runningMs = runningMsOf(run);
  const rows = run.rowsWritten + run.rowsUnchanged;
  const { fraction, eta, step } = progressOf(run);
  return {
    symbolsTotal: run.symbolsTotal,
    symbolsDone,
    itemsTotal: run.itemsTotal,
    itemsDone: run.itemsDone,
    itemsFailed: run.itemsFailed,
    rowsPerSecond: runningMs === null || runningMs === 0 ? null : rows / (runningMs / 1000),
    etaMs: eta?.likelyMs ?? null,
    etaLowMs: eta?.lowMs ?? null,
    etaHighMs: eta?.highMs ?? null,
    fraction,
    step: step?.name ?? null,
    currentSymbol: isOver ? null : run.lastSymbol,
    currentSource: isOver ? null : run.lastSource,
  };
}

function runningMsOf(run: RunView): number | null {
  return run.startedAt === null ? null : Math.max(0, (run.finishedAt ?? run.readAt) - run.startedAt);
}

function presentPlan(plan: PlanSummary): NonNullable<Run['plan']> {
  const { source, sources, shape, items, calls, cells, unservedCells, estimatedMs } = plan;
  return { source, sources: [...sources], shape, items, calls, cells, unservedCells, estimatedMs };
}

export function presentDryRun(report: DryRunReport): DryRun {
  const { dataset, from, to, plan, share, lackingRights, requires } = report;
  return {
    dataset,
    from,
    to,
    plan: presentPlan(plan),
    share: { ...share },
    lackingRights: lackingRights.map((one) => ({ ...one })),
    requires: [...requires],
  };
}

/** One page of symbols, of a reading that asked for one more than the page holds. */
export function presentRunSymbols(symbols: readonly RunSymbolView[], limit: number): RunSymbols {
  const page = symbols.slice(0, limit);
  return {
    symbols: page.map(({ symbol, outcomes }) => ({
      symbol,
      outcomes: outcomes.map(({ outcome, cells, source, detail }) => ({ outcome, cells, source, detail })),
    })),
    next: symbols.length > limit ? (page.at(-1)?.instrumentId ?? null) : null,
  };
}
