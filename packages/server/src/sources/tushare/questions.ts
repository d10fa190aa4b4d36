import {
  compactDay,
  type DatasetId,
  type Instant,
  type PlainDay,
  type Row,
  type Symbol,
} from '@tapekeeper/core';
import type { Question } from '../../ports/source.ts';
import { tushareApi } from './apis.ts';
import { newsQuery } from './newsQuery.ts';
import type { Params, TushareQuery } from './query.ts';
import { ALL_SHARES, completeQuote } from './quoteApi.ts';
import { finaIndicator, STATEMENTS } from './statementApis.ts';
import { completeNews, NEWS_PUBLISHERS } from './streamApis.ts';
import { wallTime } from './wallTime.ts';

/**
 * The queries that answer a question, in the order of asking: one for each list, statement or publisher
 * that an interface keeps apart; else a single one.
 * @param now when it is asked, for answers that carry no time of their own
 */
export function tushareQueries(question: Question, now: Instant = 0): readonly TushareQuery[] {
  const { dataset, shape } = question;
  const days = shape === 'day' ? { from: question.day, to: question.day } : question;
  const own = OWN_WAYS[dataset];
  if (own !== undefined) return own(days, now);
  if (shape === 'symbol') return symbolQueries(dataset, question.symbol, days);
  const asked = (row: Row) => isWithin(days, row.trade_date);
  return [{ api: tushareApi(dataset), params: { trade_date: compactDay(days.from) }, asked }];
}

interface Days {
  readonly from: PlainDay;
  readonly to: PlainDay;
}

const any = () => true;

function isWithin({ from, to }: Days, day: unknown): boolean {
  return typeof day === 'string' && day >= from && day <= to;
}

function rangeOf({ from, to }: Days) {
  return { start_date: compactDay(from), end_date: compactDay(to) };
}

const CALENDARS = [
  ['SSE', 'XSHG'],
  ['SZSE', 'XSHE'],
] as const;

/** Data sets that are not asked for by a trading day or a symbol. */
const OWN_WAYS: Readonly<Partial<Record<DatasetId, (days: Days, now: Instant) => readonly TushareQuery[]>>> =
  {
    // Asked without a status, Tushare leaves out all but the listed ones.
    stock_basics: () =>
      ['L', 'D', 'P', 'G'].map((status) => ({
        api: tushareApi('stock_basics'),
        params: { list_status: status },
        asked: any,
      })),
    trade_calendar: (days) =>
      CALENDARS.map(([name, exchange]) => ({
        api: tushareApi('trade_calendar'),
        params: { exchange: name, ...rangeOf(days) },
        asked: (row) => row.exchange === exchange && isWithin(days, row.cal_date),
      })),
    index_basics: () =>
      ['SSE', 'SZSE'].map((market) => ({ api: tushareApi('index_basics'), params: { market }, asked: any })),
    quotes: (days, now) => [
      {
        api: tushareApi('quotes'),
        params: { ts_code: ALL_SHARES },
        asked: any,
        wanted: (row) => isWithin(days, row.trade_date),
        complete: completeQuote(now),
      },
    ],
    news: (days) => NEWS_PUBLISHERS.map((src) => newsQuery(src, days)),
    // The days are those of the announcement, which old names have not.
    name_changes: (days) => [{ api: tushareApi('name_changes'), params: rangeOf(days), asked: any }],
    announcements: (days) => [
      {
        api: tushareApi('announcements'),
        params: { ann_date: compactDay(days.from) },
        asked: (row) => isWithin(days, row.ann_date),
      },
    ],
  };

function symbolQueries(dataset: DatasetId, symbol: Symbol, days: Days): readonly TushareQuery[] {
  const api = tushareApi(dataset);
  const range = rangeOf(days);
  const asked = (row: Row) => row.symbol === symbol;
  const wanted = (row: Row) => isWithin(days, row.period);
  if (dataset === 'dividends') return [{ api, params: { ts_code: symbol }, asked, wanted }];
  if (dataset === 'financials') {
    // Days of announcements, but of `fina_indicator` those of periods. Nothing is announced before its
    // period ends: the first day bounds the question, and later periods are passed over.
    const since = { start_date: range.start_date };
    return STATEMENTS.map((statement) => ({
      api: statement,
      params: { ts_code: symbol, ...(statement === finaIndicator ? range : since) },
      asked,
      wanted,
    }));
  }
  const askedDay = (row: Row) => asked(row) && isWithin(days, row.trade_date);
  return [{ api, params: { ts_code: symbol, ...range }, asked: askedDay }];
}

/** The smallest call that shows the right to an interface and what its rows look like. */
export function probeQuery(dataset: DatasetId, now: Instant): TushareQuery {
  const api = tushareApi(dataset);
  const params = { ...(PROBES[dataset]?.(now) ?? { ts_code: '000001.SZ' }), limit: '1' };
  const complete = { quotes: completeQuote(now), news: completeNews(PROBED_PUBLISHER) };
  const query = { api, params, asked: any };
  return dataset === 'quotes' || dataset === 'news' ? { ...query, complete: complete[dataset] } : query;
}

const PROBED_PUBLISHER = NEWS_PUBLISHERS[0];

const PROBES: Readonly<Partial<Record<DatasetId, (now: Instant) => Params>>> = {
  trade_calendar: () => ({ exchange: 'SSE' }),
  index_basics: () => ({ market: 'SSE' }),
  index_bars: () => ({ ts_code: '000001.SH' }),
  news: (now) => ({
    src: PROBED_PUBLISHER,
    start_date: wallTime(now - 86_400_000),
    end_date: wallTime(now),
  }),
};
