import type {
  AcceptedHole,
  HoleReport,
  QuarantinedRow,
  Reconciliation,
  RevisionList,
} from '@tapekeeper/contract';
import {
  DATASETS,
  isoInstant,
  MISMATCH_KINDS,
  mismatchRate,
  ruleOf,
  type DatasetId,
  type Instant,
} from '@tapekeeper/core';
import type { HoleReport as HoleReportOfApp } from '../../../app/quality/acceptHoles.ts';
import type {
  AcceptedHole as StoredHole,
  QuarantineEntry,
  Reconciliation as StoredReconciliation,
  RevisionEntry,
} from '../../../ports/qualityStore.ts';

/** The page itself, of one row more than was asked for, and the cursor of the next. */
export function pageOf<T extends { readonly id: number }>(
  found: readonly T[],
  limit: number,
): { readonly page: readonly T[]; readonly next: number | null } {
  const page = found.slice(0, limit);
  return { page, next: found.length > limit ? (page.at(-1)?.id ?? null) : null };
}

export function presentHole(hole: StoredHole): AcceptedHole {
  const { id, dataset, symbols, from, to, cells, reason, author, at, revokedAt, revokedBy } = hole;
  return {
    id,
    dataset,
    symbols: symbols === null ? null : [...symbols],
    from,
    to,
    cells,
    reason,
    author,
    at: isoInstant(at),
    revokedAt: orNull(revokedAt),
    revokedBy,
  };
}

export function presentHoleReport(report: HoleReportOfApp): HoleReport {
  const { hole, first, ...rest } = report;
  return {
    ...rest,
    first: first.map(({ symbol, day }) => ({ symbol, day })),
    hole: hole === null ? null : presentHole(hole),
  };
}

export function presentQuarantined(entry: QuarantineEntry): QuarantinedRow {
  return {
    ...entry,
    wants: ruleOf(entry.rule)?.text ?? null,
    row: { ...entry.row },
    at: isoInstant(entry.at),
    settledAt: orNull(entry.settledAt),
  };
}

export function presentRevision(dataset: DatasetId, entry: RevisionEntry): RevisionList['revisions'][number] {
  const was = columnsOf(dataset, entry.was);
  const now = entry.now === null ? null : columnsOf(dataset, entry.now);
  const changed = Object.keys(was).filter((column) => !isSame(was[column], now?.[column]));
  return {
    id: entry.id,
    dataset,
    symbol: entry.symbol,
    day: entry.day,
    was,
    now,
    changed: now === null ? [] : changed,
    source: entry.source,
    runId: entry.runId,
    replacedByRunId: entry.replacedByRunId,
    knownFrom: isoInstant(entry.knownFrom),
    knownUntil: isoInstant(entry.knownUntil),
  };
}

export function presentReconciliation(one: StoredReconciliation): Reconciliation {
  return {
    id: one.id,
    dataset: one.dataset,
    day: one.day,
    seed: one.seed,
    sampleSize: one.sampleSize,
    author: one.author,
    state: one.state,
    error: one.error === null ? null : { code: one.error.code, message: one.error.message },
    cells: one.cells,
    calls: one.calls,
    notes: one.notes.map(({ source, note }) => ({ source, note })),
    rates: one.tallies.map((tally) => {
      const { ours, theirs, field, compared, unit, adjustment, late, real } = tally;
      return {
        ours,
        theirs,
        field,
        compared,
        mismatches: MISMATCH_KINDS.reduce((total, kind) => total + tally[kind], 0),
        rate: mismatchRate(tally),
        kinds: { unit, adjustment, late, real },
      };
    }),
    startedAt: isoInstant(one.startedAt),
    finishedAt: orNull(one.finishedAt),
  };
}

function orNull(at: Instant | null): string | null {
  return at === null ? null : isoInstant(at);
}

/** Values of a row are numbers, texts and the like, or the values of a JSON column. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** The data set's own columns, in their order. */
function columnsOf(dataset: DatasetId, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = DATASETS[dataset].columns
    .map((column) => column.name)
    .filter((name) => Object.hasOwn(row, name));
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
