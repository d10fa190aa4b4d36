import {
  AppError,
  type Bitmap,
  cellsOf as gridOf,
  DATASETS,
  type DatasetId,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import type { Answer } from '../../ports/source.ts';
import type { CoverageGain, Item, ItemCommit, QuarantinedRow } from '../../ports/runStore.ts';
import type { Market } from '../market.ts';
import { askedCells, cellsOf } from './cells.ts';
import { byproductGains, coverageGains, unsettledGains } from './gains.ts';
import { openGate, type Gate } from './gate.ts';
import { judge } from './judge.ts';
import { unreadiness } from './readiness.ts';
import { streamDay, streamGains } from './streams.ts';

export interface SettleInput {
  readonly dataset: DatasetId;
  readonly item: Item;
  readonly answer: Answer;
  readonly market: Market;
  /** Newest day whose rows are final; later ones are written, but not covered. */
  readonly lastFinal: PlainDay;
  /** Newest day of which no correction is expected any more. */
  readonly lastSettled: PlainDay;
  /** Cells of the data set that wait for being asked again. */
  readonly unsettled: ReadonlyMap<PlainDay, Bitmap>;
  /** Rows that the source gave for the whole market on its last days before this one. */
  readonly recentRows: readonly number[];
  /** Whether an earlier source was asked for these cells before. */
  readonly isFallback: boolean;
  /** Rows that were refused before the rules were applied. */
  readonly refused?: readonly QuarantinedRow[];
}

export type Settled = Omit<ItemCommit, 'itemNo' | 'attempts'>;

/**
 * What a whole answer changes, before it is written: rows past the gate, the refused ones with their
 * reasons, what is now covered, suspended or absent, and the outcome of every symbol asked for.
 * Coverage is derived from the rows that go in, so that it can never claim more than there is.
 */
export function settleAnswer(input: SettleInput): Settled {
  const { dataset, item, answer, market } = input;
  const gate = openGate(dataset, item.source, answer, market, input.refused, onlySymbol(input));
  if (gridOf(dataset) !== undefined) return settleCells(input, gate);
  const rows = gate.accepted.get(dataset) ?? [];
  return DATASETS[dataset].kind === 'stream'
    ? settleStream(input, gate, rows)
    : settleTable(input, gate, rows);
}

/** A list, a calendar or a snapshot: one without a row is no answer. */
function settleTable(input: SettleInput, gate: Gate, rows: readonly Row[]): Settled {
  return {
    ...withoutSymbols(input, gate),
    state: rows.length === 0 ? 'failed' : 'done',
    error: rows.length === 0 ? emptyError(input) : null,
    gains: rows.length === 0 ? [] : [...recodedGains(input), ...freshGains(input, rows)],
  };
}

/** A stretch of a stream may well be empty. */
function settleStream(input: SettleInput, gate: Gate, rows: readonly Row[]): Settled {
  const { dataset, item, market } = input;
  const days = rows.map((row) => streamDay(dataset, row)).filter((day) => day !== undefined);
  const whole: CoverageGain = {
    kind: 'fresh',
    dataset,
    source: item.source,
    scope: item.source,
    from: null,
    through: null,
  };
  return {
    ...withoutSymbols(input, gate),
    state: 'done',
    error: null,
    gains: [
      ...streamGains(dataset, item.source, item, market, days),
      ...(item.shape === 'symbol' ? [] : [whole]),
    ],
  };
}

function withoutSymbols(input: SettleInput, gate: Gate): Omit<Settled, 'state' | 'error' | 'gains'> {
  const { quarantined } = gate.commit;
  const only = input.item.instrumentId !== null;
  return {
    ...gate.commit,
    outcome: only ? 'ok' : null,
    counts: {
      ...(quarantined.length > 0 ? { quarantined: quarantined.length } : {}),
      ...(only && quarantined.length === 0 ? { ok: 1 } : {}),
    },
    exceptions: [],
    bytes: input.answer.bytes,
    lastSymbol: onlySymbol(input),
  };
}

function emptyError(input: SettleInput): AppError {
  const { item, dataset } = input;
  const question =
    item.from === item.to ? `${dataset} of ${item.from}` : `${dataset} from ${item.from} to ${item.to}`;
  return new AppError('empty', { source: item.source, question });
}

function recodedGains({ answer: { recoded = [] } }: SettleInput): readonly CoverageGain[] {
  return recoded.length === 0 ? [] : [{ kind: 'recoded', pairs: recoded }];
}

function freshGains(input: SettleInput, rows: readonly Row[]): readonly CoverageGain[] {
  const base = { kind: 'fresh', dataset: input.dataset, source: input.item.source } as const;
  if (input.dataset !== 'trade_calendar') return [{ ...base, scope: '*', from: null, through: null }];
  return [...Map.groupBy(rows, (row) => String(row['exchange']))].map(([scope, days]) => {
    const sorted = days.map((row) => row['cal_date'] as PlainDay).toSorted();
    return { ...base, scope, from: sorted[0] ?? null, through: sorted.at(-1) ?? null };
  });
}

function settleCells(input: SettleInput, gate: Gate): Settled {
  const { dataset, item, answer } = input;
  const cells = cellsOf(input, gate);
  const asked = askedCells(input);
  const early = unreadiness(input, cells.present.size, asked.size);
  // What has been published so far is kept, but covers nothing, and nobody else is asked for the rest.
  if (early !== undefined) return unsuccessful(input, gate, asked.size, early);
  const isEmpty = item.shape === 'day' && asked.size > 1 && cells.present.size === 0;
  if (isEmpty && answer.suspended.length === 0 && DATASETS[dataset].sparse !== true) {
    return unsuccessful(input, gate, asked.size, emptyError(input));
  }
  const byproducts = answer.batches.slice(1).flatMap((batch) => byproductGains(input, gate, batch.dataset));
  const judged = judge(input, cells, asked);
  return {
    ...gate.commit,
    state: 'done',
    error: null,
    gains: [
      ...coverageGains(input, dataset, cells.present),
      ...judged.gains,
      ...unsettledGains(input, dataset, cells.present),
      ...unsettledGains(input, dataset, judged.explained),
      ...byproducts,
    ],
    outcome: judged.outcome,
    counts: judged.counts,
    exceptions: judged.exceptions,
    bytes: answer.bytes,
    lastSymbol: onlySymbol(input),
  };
}

function unsuccessful(input: SettleInput, gate: Gate, symbols: number, error: AppError): Settled {
  return {
    ...gate.commit,
    state: 'failed',
    error,
    gains: [],
    outcome: 'failed',
    counts: { failed: symbols },
    exceptions: [],
    bytes: input.answer.bytes,
    lastSymbol: null,
  };
}

/** The symbol of an item that asks about one. */
function onlySymbol({ item, market }: SettleInput): string | null {
  return item.instrumentId === null ? null : (market.byId.get(item.instrumentId)?.symbol ?? null);
}
