import {
  Bitmap,
  builtinCalendar,
  calendarOfScale,
  cellsOf,
  DATASETS,
  isAppError,
  plainDay,
  type DatasetId,
  type ErrorCode,
  type Listing,
  type Row,
} from '@tapekeeper/core';
import type { World } from '@tapekeeper/replay';
import type { Market } from '../../packages/server/src/app/market.ts';
import { settleAnswer } from '../../packages/server/src/app/settle/settleAnswer.ts';
import type { Answer, Question, Source } from '../../packages/server/src/ports/source.ts';
import type { Item } from '../../packages/server/src/ports/runStore.ts';
import { rowFaults } from '../conformance/canonicalRow.ts';
import type { Sight } from './mutation.ts';

/** What came of one changed answer. */
export type Verdict =
  | { readonly kind: 'error'; readonly code: ErrorCode }
  /** Nothing but true rows would be written. */
  | { readonly kind: 'true' }
  /** Rows are missing, or in quarantine. */
  | { readonly kind: 'fewer'; readonly silent: boolean }
  /** A row would be written that is not true. */
  | { readonly kind: 'untrue'; readonly columns: readonly string[]; readonly example: string }
  /** What no product may do. */
  | { readonly kind: 'fault'; readonly what: string };

/** Columns that are kept as the source writes them, whatever that is. */
const VERBATIM = ['items', 'content', 'title'];

/** Columns whose values stand until the next row changes them, so that nobody misses one. */
const FOLLOWING = [...VERBATIM, 'adj_factor'];

/** What a source may throw for an answer that it cannot use. */
const TOLD: readonly ErrorCode[] = [
  'malformed',
  'transport',
  'timeout',
  'upstream_refused',
  'rate_limited',
  'quota_exhausted',
  'permission_denied',
  'bad_token',
  'banned',
  'empty',
  'not_found',
];

/** True rows of a question by data set and key; several where the ways to an answer write them differently. */
export type Truth = ReadonlyMap<string, readonly Row[]>;

export function truthOf(answers: readonly Answer[]): Truth {
  const truth = new Map<string, Row[]>();
  for (const { dataset, rows } of answers.flatMap(({ batches }) => batches))
    for (const row of rows) {
      const key = keyOf(dataset, row);
      truth.set(key, [...(truth.get(key) ?? []), row]);
    }
  return truth;
}

function keyOf(dataset: DatasetId, row: Row): string {
  return `${dataset} ${DATASETS[dataset].key.map((column) => String(row[column])).join(' ')}`;
}

export interface Judge {
  (question: Question, truth: Truth, cleans: readonly Answer[], outcome: unknown): Verdict;
}

/** Judges by the rules that decide what is written, with the lists of the world. */
export function createJudge(world: World, source: Source['id']): Judge {
  const markets = new Map<DatasetId, Market>();
  return (question, truth, cleans, outcome) => {
    const { dataset } = question;
    if (outcome instanceof Error) {
      if (isAppError(outcome) && TOLD.includes(outcome.code)) return { kind: 'error', code: outcome.code };
      return {
        kind: 'fault',
        what: `${outcome.name}: ${outcome.message} ${isAppError(outcome) ? outcome.code : ''}`,
      };
    }
    const answer = outcome as Answer;
    for (const batch of answer.batches)
      for (const row of batch.rows) {
        const faults = rowFaults(batch.dataset, batch.columns, row);
        if (faults.length > 0) return { kind: 'fault', what: `not canonical: ${faults.join('; ')}` };
      }
    const market = markets.get(dataset) ?? marketOf(world, dataset);
    markets.set(dataset, market);
    return judgeSettled(settleIn(market, source, question, answer), truth, cleans);
  };
}

function judgeSettled(
  settled: ReturnType<typeof settleAnswer>,
  truth: Truth,
  cleans: readonly Answer[],
): Verdict {
  const written = new Set<string>();
  for (const { dataset, rows } of settled.writes)
    for (const row of rows) {
      const key = keyOf(dataset, row);
      const known = truth.get(key);
      if (known === undefined)
        return { kind: 'untrue', columns: ['key'], example: JSON.stringify(row).slice(0, 300) };
      const differing = known.map((one) =>
        Object.keys(row).filter((column) => !isSame(one[column], row[column])),
      );
      const least = differing.toSorted((a, b) => a.length - b.length)[0] ?? [];
      if (least.length > 0) {
        const said = least.map(
          (column) => `${column} ${String(known[0]?.[column])} -> ${String(row[column])}`,
        );
        return {
          kind: 'untrue',
          columns: least.map((name) => (row[name] === null ? `${name} lost` : name)),
          example: `${key}: ${said.join(', ')}`.slice(0, 300),
        };
      }
      written.add(key);
    }
  const isWhole = ({ batches: [first] }: Answer): boolean =>
    first === undefined || first.rows.every((row) => written.has(keyOf(first.dataset, row)));
  if (cleans.some(isWhole)) return { kind: 'true' };
  return { kind: 'fewer', silent: settled.quarantined.length === 0 && settled.state === 'done' };
}

function isSame(one: Row[string] | undefined, other: Row[string] | undefined): boolean {
  return Object.is(one, other) || (one === undefined && other === null);
}

function settleIn(market: Market, source: Source['id'], question: Question, answer: Answer) {
  const [from, to] = question.shape === 'day' ? [question.day, question.day] : [question.from, question.to];
  const everyone = Bitmap.of(market.listings.map(({ instrumentId }) => instrumentId));
  const only =
    question.shape === 'symbol' ? (market.bySymbol.get(question.symbol)?.instrumentId ?? null) : null;
  const item: Item = {
    no: 1,
    source,
    shape: question.shape,
    from,
    to,
    instrumentId: only,
    members: question.shape === 'day' && cellsOf(question.dataset) !== undefined ? everyone.toBytes() : null,
    attempts: 1,
  };
  const late = plainDay('2026-01-01');
  return settleAnswer({
    dataset: question.dataset,
    item,
    answer,
    market,
    lastFinal: late,
    lastSettled: late,
    unsettled: new Map(),
    recentRows: [],
    isFallback: false,
  });
}

function marketOf(world: World, dataset: DatasetId): Market {
  const isOfIndices = dataset.startsWith('index_');
  const known = isOfIndices
    ? world.facts.indices.map(({ symbol, listDate }) => ({ symbol, listDate, delistDate: undefined }))
    : world.tushare.instruments;
  const listings = known.map(({ symbol, listDate, delistDate }, at): Listing => ({
    instrumentId: at + 1,
    symbol,
    listDate,
    delistDate: delistDate ?? null,
  }));
  const tradingDays = builtinCalendar();
  return {
    calendar: calendarOfScale(DATASETS[dataset].cells?.scale, tradingDays),
    tradingDays,
    severalRowsACell: DATASETS[dataset].key.length > 2,
    aliases: new Map(),
    listings,
    bySymbol: new Map(listings.map((listing) => [listing.symbol, listing])),
    byId: new Map(listings.map((listing) => [listing.instrumentId, listing])),
  };
}

/** Whether what came of a change is one that the change itself explains. */
export function isExplained(sight: Sight, verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'fault':
      return false;
    case 'error':
    case 'true':
      return true;
    case 'fewer':
      return !verdict.silent || sight !== 'seen';
    case 'untrue':
      if (sight === 'value' || verdict.columns.every((name) => VERBATIM.includes(name))) return true;
      return (
        sight === 'loss' &&
        verdict.columns.every((name) => name.endsWith(' lost') || FOLLOWING.includes(name))
      );
  }
}
