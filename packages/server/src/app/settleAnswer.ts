import {
  AppError,
  Bitmap,
  boardOf,
  DATASETS,
  isExpected,
  parseSymbol,
  validateBatch,
  type DatasetId,
  type ListingFacts,
  type PlainDay,
  type Row,
  type RowBatch,
  type SourceId,
  type SymbolOutcome,
} from '@tapekeeper/core';
import type { Answer } from '../ports/source.ts';
import type {
  CoverageGain,
  Item,
  ItemCommit,
  OutcomeException,
  QuarantinedRow,
  RowFlag,
  RowWrite,
} from '../ports/runStore.ts';
import { runsOfDays } from './dayRuns.ts';
import type { Market } from './market.ts';

export interface SettleInput {
  readonly dataset: DatasetId;
  readonly item: Item;
  readonly answer: Answer;
  readonly market: Market;
  /** Newest day whose rows are final; later ones are written, but not covered. */
  readonly lastFinal: PlainDay;
  /** Whether an earlier source was asked for these cells before. */
  readonly isFallback: boolean;
}

export type Settled = Omit<ItemCommit, 'itemNo' | 'attempts'>;

/**
 * What a whole answer changes, before it is written: rows past the gate, the refused ones with their
 * reasons, what is now covered, suspended or absent, and the outcome of every symbol asked for.
 * Coverage is derived from the rows that go in, so that it can never claim more than there is.
 */
export function settleAnswer(input: SettleInput): Settled {
  const gate = openGate(input);
  const dataset = DATASETS[input.dataset];
  if (dataset.kind === 'grid') return settleGrid(input, gate);
  const rows = gate.accepted.get(input.dataset) ?? [];
  return {
    ...gate.commit,
    state: rows.length === 0 ? 'failed' : 'done',
    error: rows.length === 0 ? emptyError(input) : null,
    gains: rows.length === 0 ? [] : freshGains(input, rows),
    outcome: null,
    counts: gate.commit.quarantined.length > 0 ? { quarantined: gate.commit.quarantined.length } : {},
    exceptions: [],
    bytes: input.answer.bytes,
    lastSymbol: null,
  };
}

interface Gate {
  readonly accepted: ReadonlyMap<DatasetId, readonly Row[]>;
  readonly commit: {
    readonly writes: readonly RowWrite[];
    readonly quarantined: readonly QuarantinedRow[];
    readonly flags: readonly RowFlag[];
  };
}

/** Validation of every batch: by-products fill what is empty, the data set asked for replaces. */
function openGate(input: SettleInput): Gate {
  const accepted = new Map<DatasetId, readonly Row[]>();
  const writes: RowWrite[] = [];
  const quarantined: QuarantinedRow[] = [];
  const flags: RowFlag[] = [];
  const source = input.item.source;
  for (const [place, batch] of input.answer.batches.entries()) {
    const verdict = validateBatch({
      dataset: batch.dataset,
      rows: batch.rows,
      calendar: input.market.calendar,
      listingOf: (symbol) => factsOf(input.market, symbol),
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
  for (const { reason, raw } of input.answer.unreadable) {
    quarantined.push({
      dataset: input.dataset,
      source,
      symbol: null,
      day: null,
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

function factsOf(market: Market, symbol: string): ListingFacts | undefined {
  const listing = market.bySymbol.get(symbol);
  return (
    listing && {
      listDate: listing.listDate,
      delistDate: listing.delistDate,
      board: boardOf(listing.symbol) ?? null,
    }
  );
}

function writeOf(batch: RowBatch, rows: readonly Row[], source: SourceId, mode: RowWrite['mode']): RowWrite {
  return { dataset: batch.dataset, source, columns: batch.columns, rows, mode };
}

function keyOf(dataset: DatasetId, row: Row): { symbol: string | null; day: PlainDay | null } {
  const text = (name: string): string | null => (typeof row[name] === 'string' ? row[name] : null);
  if (dataset === 'trade_calendar') return { symbol: null, day: text('cal_date') as PlainDay | null };
  const symbol = text('symbol');
  return {
    symbol: symbol === null ? null : (parseSymbol(symbol) ?? null),
    day: text('trade_date') as PlainDay | null,
  };
}

function emptyError(input: SettleInput): AppError {
  const { item, dataset } = input;
  const question =
    item.from === item.to ? `${dataset} of ${item.from}` : `${dataset} from ${item.from} to ${item.to}`;
  return new AppError('empty', { source: item.source, question });
}

function freshGains(input: SettleInput, rows: readonly Row[]): readonly CoverageGain[] {
  const base = { kind: 'fresh', dataset: input.dataset, source: input.item.source } as const;
  if (input.dataset !== 'trade_calendar') return [{ ...base, scope: '*', from: null, through: null }];
  return [...Map.groupBy(rows, (row) => String(row['exchange']))].map(([scope, days]) => {
    const sorted = days.map((row) => row['cal_date'] as PlainDay).toSorted();
    return { ...base, scope, from: sorted[0] ?? null, through: sorted.at(-1) ?? null };
  });
}

/** Cells of a grid by instrument, as the answer settles them. */
interface Cells {
  readonly present: Map<number, PlainDay[]>;
  readonly suspended: Map<number, PlainDay[]>;
  readonly refused: Map<number, number>;
}

function settleGrid(input: SettleInput, gate: Gate): Settled {
  const cells = cellsOf(input, gate);
  const asked = askedCells(input);
  const wholeMarketIsEmpty = input.item.shape === 'day' && asked.size > 1 && cells.present.size === 0;
  if (wholeMarketIsEmpty && input.answer.suspended.length === 0) {
    return {
      ...gate.commit,
      state: 'failed',
      error: emptyError(input),
      gains: [],
      outcome: 'failed',
      counts: { failed: asked.size },
      exceptions: [],
      bytes: input.answer.bytes,
      lastSymbol: null,
    };
  }
  const byproducts = input.answer.batches
    .slice(1)
    .flatMap((batch) => byproductGains(input, gate, batch.dataset));
  const judged = judge(input, cells, asked);
  return {
    ...gate.commit,
    state: 'done',
    error: null,
    gains: [...coverageGains(input, input.dataset, cells.present), ...judged.gains, ...byproducts],
    outcome: judged.outcome,
    counts: judged.counts,
    exceptions: judged.exceptions,
    bytes: input.answer.bytes,
    lastSymbol: lastSymbol(input),
  };
}

function cellsOf(input: SettleInput, gate: Gate): Cells {
  const refused = new Map<number, number>();
  for (const row of gate.commit.quarantined) {
    const listing =
      row.dataset === input.dataset && row.symbol !== null
        ? input.market.bySymbol.get(row.symbol)
        : undefined;
    if (listing) refused.set(listing.instrumentId, (refused.get(listing.instrumentId) ?? 0) + 1);
  }
  const suspended = new Map<number, PlainDay[]>();
  for (const { symbol, day } of input.answer.suspended) {
    const listing = input.market.bySymbol.get(symbol);
    if (listing && isExpected(input.market.calendar, listing, day))
      push(suspended, listing.instrumentId, day);
  }
  return { present: daysByInstrument(input, gate.accepted.get(input.dataset) ?? []), suspended, refused };
}

function daysByInstrument(input: SettleInput, rows: readonly Row[]): Map<number, PlainDay[]> {
  const days = new Map<number, PlainDay[]>();
  let symbol: unknown;
  let instrumentId: number | undefined;
  for (const row of rows) {
    if (row['symbol'] !== symbol) {
      symbol = row['symbol'];
      instrumentId = input.market.bySymbol.get(String(symbol))?.instrumentId;
    }
    if (instrumentId !== undefined) push(days, instrumentId, row['trade_date'] as PlainDay);
  }
  return days;
}

function push(days: Map<number, PlainDay[]>, instrumentId: number, day: PlainDay): void {
  const known = days.get(instrumentId);
  if (known === undefined) days.set(instrumentId, [day]);
  else known.push(day);
}

/** The expected cells that the item was asked for, by instrument. */
function askedCells(input: SettleInput): ReadonlyMap<number, readonly PlainDay[]> {
  const { item, market } = input;
  const asked = new Map<number, readonly PlainDay[]>();
  if (item.members !== null) {
    Bitmap.fromBytes(item.members).forEach((id) => asked.set(id, [item.from]));
  } else if (item.instrumentId !== null) {
    const listing = market.byId.get(item.instrumentId);
    const days = market.calendar.tradingDays(item.from, item.to);
    asked.set(
      item.instrumentId,
      listing ? days.filter((day) => isExpected(market.calendar, listing, day)) : [],
    );
  }
  return asked;
}

/** Whole-market answers leave one row a day; others leave ranges. */
function coverageGains(
  input: SettleInput,
  dataset: DatasetId,
  present: ReadonlyMap<number, readonly PlainDay[]>,
): readonly CoverageGain[] {
  const { item, lastFinal } = input;
  const source = item.source;
  if (item.shape === 'day') {
    if (item.from > lastFinal || present.size === 0) return [];
    return [
      {
        kind: 'day',
        dataset,
        source,
        day: item.from,
        members: Bitmap.of(present.keys()).toBytes(),
        rows: present.size,
      },
    ];
  }
  return [...present].flatMap(([instrumentId, days]) =>
    runsOfDays(
      input.market.calendar,
      days.filter((day) => day <= lastFinal),
    ).map((range) => ({
      kind: 'range' as const,
      dataset,
      source,
      instrumentId,
      ...range,
    })),
  );
}

/** A by-product covers what it has rows for, and knows the same suspended days. */
function byproductGains(input: SettleInput, gate: Gate, dataset: DatasetId): readonly CoverageGain[] {
  if (DATASETS[dataset].kind !== 'grid') return [];
  const present = daysByInstrument(input, gate.accepted.get(dataset) ?? []);
  const served = new Map([...present].map(([instrumentId, days]) => [instrumentId, new Set(days)]));
  const suspended = input.answer.suspended.flatMap(({ symbol, day }) => {
    const listing = input.market.bySymbol.get(symbol);
    if (
      !listing ||
      day > input.lastFinal ||
      served.get(listing.instrumentId)?.has(day) ||
      !isExpected(input.market.calendar, listing, day)
    )
      return [];
    const { instrumentId } = listing;
    return [
      {
        kind: 'exception' as const,
        dataset,
        source: input.item.source,
        instrumentId,
        day,
        exception: 'suspended' as const,
      },
    ];
  });
  return [...coverageGains(input, dataset, present), ...suspended];
}

interface Judged {
  readonly gains: readonly CoverageGain[];
  /** Of the only symbol of an item, what became of it; of many, what became of those that are no exception. */
  readonly outcome: SymbolOutcome;
  readonly counts: Partial<Record<SymbolOutcome, number>>;
  readonly exceptions: readonly OutcomeException[];
}

/** Each symbol asked for: served, suspended, refused or absent, on how many days. */
function judge(input: SettleInput, cells: Cells, asked: ReadonlyMap<number, readonly PlainDay[]>): Judged {
  const gains: CoverageGain[] = [];
  const counts: Partial<Record<SymbolOutcome, number>> = {};
  const exceptions: OutcomeException[] = [];
  const { dataset, lastFinal } = input;
  const { source, instrumentId: only } = input.item;
  let outcome: SymbolOutcome = input.isFallback ? 'fell_back' : 'ok';
  for (const [instrumentId, days] of asked) {
    const present = new Set(cells.present.get(instrumentId));
    const suspended = (cells.suspended.get(instrumentId) ?? []).filter((day) => !present.has(day));
    const silent = new Set(suspended);
    const refused = cells.refused.get(instrumentId) ?? 0;
    const missing = days.filter((day) => !present.has(day) && !silent.has(day) && day <= lastFinal);
    // A refused row is no absence: the source has the cell, and it is asked for again.
    const absent = refused > 0 ? [] : missing;
    // A suspension may be lifted within the day, so it explains only what is final.
    const halted = suspended.filter((day) => day <= lastFinal);
    for (const day of halted)
      gains.push({ kind: 'exception', dataset, source, instrumentId, day, exception: 'suspended' });
    for (const day of absent)
      gains.push({ kind: 'exception', dataset, source, instrumentId, day, exception: 'absent' });
    const note = (what: SymbolOutcome, count: number): void => {
      if (count > 0) exceptions.push({ instrumentId, outcome: what, source, cells: count, detail: null });
    };
    note('suspended', suspended.length);
    note('absent', absent.length);
    note('quarantined', refused);
    const main = mainOutcome(input, present.size, refused, absent.length, suspended.length);
    counts[main] = (counts[main] ?? 0) + 1;
    if (instrumentId === only) outcome = main;
  }
  return { gains, outcome, counts, exceptions };
}

/** The one outcome under which a symbol is counted in the progress: the worst that needs a look, else what it got. */
function mainOutcome(
  input: SettleInput,
  present: number,
  refused: number,
  absent: number,
  suspended: number,
): SymbolOutcome {
  if (refused > 0) return 'quarantined';
  if (present > 0) return input.isFallback ? 'fell_back' : 'ok';
  if (absent > 0) return 'absent';
  return suspended > 0 ? 'suspended' : 'ok';
}

function lastSymbol(input: SettleInput): string | null {
  const id = input.item.instrumentId;
  return id === null ? null : (input.market.byId.get(id)?.symbol ?? null);
}
