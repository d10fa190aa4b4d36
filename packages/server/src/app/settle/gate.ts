import {
  boardOf,
  keyColumns,
  parseSymbol,
  validateBatch,
  type DatasetId,
  type ListingFacts,
  type PlainDay,
  type Row,
  type RowBatch,
  type OriginId,
} from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import type { QuarantinedRow, RowFlag, RowWrite } from '../../ports/runStore.ts';
import type { Market } from '../market.ts';

/** What an answer brings past the rules, and what it does not. */
export interface Gate {
  readonly accepted: ReadonlyMap<DatasetId, readonly Row[]>;
  readonly commit: {
    readonly writes: readonly RowWrite[];
    readonly quarantined: readonly QuarantinedRow[];
    readonly flags: readonly RowFlag[];
  };
}

/** Validation of every batch: by-products fill what is empty, the data set asked for replaces. */
export function openGate(
  dataset: DatasetId,
  source: OriginId,
  answer: Pick<Answer, 'batches' | 'unreadable'>,
  market: Market,
  refusedBefore: readonly QuarantinedRow[] = [],
  onlySymbol: string | null = null,
): Gate {
  const accepted = new Map<DatasetId, readonly Row[]>();
  const writes: RowWrite[] = [];
  const quarantined: QuarantinedRow[] = [...refusedBefore];
  const flags: RowFlag[] = [];
  for (const [place, asSent] of answer.batches.entries()) {
    const batch = withPresentCodes(asSent, market);
    const verdict = validateBatch({
      dataset: batch.dataset,
      rows: batch.rows,
      calendar: market.calendar,
      listingOf: (symbol) => factsOf(market, symbol),
    });
    accepted.set(batch.dataset, verdict.accepted);
    writes.push(writeOf(batch, verdict.accepted, source, place === 0 ? 'replace' : 'fill'));
    for (const { row, rule, detail } of verdict.refused) {
      quarantined.push({ ...keyOf(batch.dataset, row), dataset: batch.dataset, source, rule, detail, row });
    }
    for (const { row, rule, detail } of verdict.flags) {
      const { symbol, day } = keyOf(batch.dataset, row);
      if (symbol !== null && day !== null) flags.push({ dataset: batch.dataset, symbol, day, rule, detail });
    }
  }
  for (const { reason, raw, symbol, day } of answer.unreadable) {
    quarantined.push({
      dataset,
      source,
      symbol: symbol ?? onlySymbol,
      day: day ?? null,
      rule: 'unreadable',
      detail: reason,
      row: { raw },
    });
  }
  return {
    accepted,
    commit: { writes: writes.filter((write) => write.rows.length > 0), quarantined, flags },
  };
}

/** Rows under a former code of an instrument are rows of the instrument; on a list they say nothing new. */
function withPresentCodes(batch: RowBatch, { aliases }: Market): RowBatch {
  if (aliases.size === 0) return batch;
  if (batch.dataset === 'stock_basics')
    return { ...batch, rows: batch.rows.filter((row) => !aliases.has(String(row['symbol']))) };
  return {
    ...batch,
    rows: batch.rows.map((row) => {
      const now = aliases.get(String(row['symbol']));
      return now === undefined ? row : { ...row, symbol: now };
    }),
  };
}

/** What the rules may know of a symbol. */
export function factsOf(market: Market, symbol: string): ListingFacts | undefined {
  const listing = market.bySymbol.get(symbol);
  return (
    listing && {
      listDate: listing.listDate,
      delistDate: listing.delistDate,
      board: boardOf(listing.symbol) ?? null,
    }
  );
}

function writeOf(batch: RowBatch, rows: readonly Row[], source: OriginId, mode: RowWrite['mode']): RowWrite {
  return { dataset: batch.dataset, source, columns: batch.columns, rows, mode };
}

function keyOf(dataset: DatasetId, row: Row): { symbol: string | null; day: PlainDay | null } {
  const text = (name: string | null): string | null => {
    const value = name === null ? undefined : row[name];
    return typeof value === 'string' ? value : null;
  };
  const symbol = text('symbol');
  return {
    symbol: symbol === null ? null : (parseSymbol(symbol) ?? null),
    day: text(keyColumns(dataset).day) as PlainDay | null,
  };
}
