import type { Cell } from '@tapekeeper/contract';
import { DATASETS, isoInstant, type DatasetId } from '@tapekeeper/core';
import type { CellReport } from '../../../app/explainCell.ts';

export function presentCell(report: CellReport): Cell {
  const { dataset, symbol, name, day, status, because, source, runId, knownAt, facts } = report;
  return {
    dataset,
    symbol,
    name,
    day,
    status,
    because,
    source,
    runId,
    knownAt: knownAt === null ? null : isoInstant(knownAt),
    row: facts.row === null ? null : columnsOf(dataset, facts.row),
    revisions: facts.revisions.map((revision) => ({
      was: columnsOf(dataset, revision.was),
      source: revision.source,
      runId: revision.runId,
      knownFrom: isoInstant(revision.knownFrom),
      knownUntil: isoInstant(revision.knownUntil),
    })),
    quarantined: facts.quarantined.map((row) => ({
      rule: row.rule,
      detail: row.detail,
      source: row.source,
      at: isoInstant(row.at),
    })),
    flags: facts.flags.map(({ rule, detail }) => ({ rule, detail })),
    failures: facts.failures.map((failure) => ({
      runId: failure.runId,
      source: failure.source,
      code: failure.code,
      message: failure.message,
      at: isoInstant(failure.at),
    })),
  };
}

/** The data set's own columns, in their order; where a row is from is said beside it. */
function columnsOf(dataset: DatasetId, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = DATASETS[dataset].columns
    .map((column) => column.name)
    .filter((name) => Object.hasOwn(row, name));
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
