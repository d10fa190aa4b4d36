import type { DatasetId, PlainDay, Row, RowBatch } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import type { Upstream } from '../watch.ts';
import { ADJUST_FACTOR_COLUMNS, adjustFactorQuery, createAdjustFactorCollector } from './adjustFactors.ts';
import { createSeriesCollector, isSeriesId, seriesColumns, seriesQuery, type SeriesId } from './barSeries.ts';
import { announcementYears } from './dividendPeriod.ts';
import { createDividendCollector, DIVIDEND_COLUMNS, dividendQuery } from './dividends.ts';
import {
  createReportCollector,
  FINANCIAL_COLUMNS,
  REPORT_INTERFACES,
  reportQuarters,
  reportQuery,
} from './financials.ts';
import { createIndexListCollector, INDEX_LIST_COLUMNS } from './indexList.ts';
import { BAR_COLUMNS, BASICS_COLUMNS, createKlineCollector, klineQuery } from './klines.ts';
import type { BaostockPage } from './reply.ts';
import { securityListQuery } from './securityList.ts';
import type { BaostockQuery } from './session.ts';
import { createStockListCollector, STOCK_LIST_COLUMNS } from './stockList.ts';
import { createTradeDatesCollector, TRADE_DATES_COLUMNS, tradeDatesQuery } from './tradeDates.ts';

/** Trading days of a range, inclusive and ascending, from the calendar of whoever asks. */
export type TradingDays = (
  from: PlainDay,
  to: PlainDay,
) => readonly PlainDay[] | Promise<readonly PlainDay[]>;

/** One query, and how its pages are taken. */
export interface BaostockPart {
  readonly query: BaostockQuery;
  /** Takes a page and says how many of its rows are new. */
  take(page: BaostockPage): number;
}

/** How one question is asked, and what its answers come to. */
export interface BaostockReading {
  /** Asked one after the other. */
  readonly parts: readonly BaostockPart[];
  finish(): Promise<Omit<Answer, 'calls' | 'bytes'>>;
}

type SymbolQuestion = Question & { readonly shape: 'symbol' };
type TableQuestion = Question & { readonly shape: 'all' };

/** The reading of a question that a capability allows; the data sets of each shape are those declared there. */
export function readingOf(upstream: Upstream, question: Question, tradingDays: TradingDays): BaostockReading {
  if (question.shape === 'symbol') return symbolReading(upstream, question, tradingDays);
  if (question.shape === 'all' && question.dataset === 'trade_calendar')
    return calendarReading(upstream, question);
  return question.dataset === 'index_basics' ? indexListReading(upstream) : stockListReading(upstream);
}

function symbolReading(
  upstream: Upstream,
  question: SymbolQuestion,
  tradingDays: TradingDays,
): BaostockReading {
  const { dataset } = question;
  if (isSeriesId(dataset)) return seriesReading(upstream, dataset, question);
  if (dataset === 'adj_factors') return factorReading(upstream, question, tradingDays);
  if (dataset === 'financials') return reportReading(upstream, question);
  if (dataset === 'dividends') return dividendReading(upstream, question);
  return klineReading(upstream, question);
}

/** What a collector of one data set has when all pages are in. */
interface Collected {
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** A reading whose rows are of one data set, and name no suspended days. */
function plainReading(
  dataset: DatasetId,
  columns: readonly string[],
  collected: Collected,
  parts: readonly BaostockPart[],
): BaostockReading {
  return {
    parts,
    finish: async () => ({
      batches: [{ dataset, columns, rows: collected.rows }],
      suspended: [],
      unreadable: collected.unreadable,
    }),
  };
}

function klineReading(upstream: Upstream, question: SymbolQuestion): BaostockReading {
  const days = createKlineCollector(upstream, question);
  const bars: RowBatch = { dataset: 'daily_bars', columns: BAR_COLUMNS, rows: days.bars };
  const basics: RowBatch = { dataset: 'daily_basics', columns: BASICS_COLUMNS, rows: days.basics };
  const batches = question.dataset === 'daily_bars' ? [bars, basics] : [basics, bars];
  return {
    parts: [{ query: klineQuery(question), take: days.take }],
    finish: async () => ({ batches, suspended: days.suspended, unreadable: days.unreadable }),
  };
}

function seriesReading(upstream: Upstream, dataset: SeriesId, question: SymbolQuestion): BaostockReading {
  const bars = createSeriesCollector(upstream, dataset, question);
  return plainReading(dataset, seriesColumns(dataset), bars, [
    { query: seriesQuery(dataset, question), take: bars.take },
  ]);
}

function factorReading(
  upstream: Upstream,
  question: SymbolQuestion,
  tradingDays: TradingDays,
): BaostockReading {
  const { symbol, from, to } = question;
  const changes = createAdjustFactorCollector(upstream, symbol);
  return {
    parts: [{ query: adjustFactorQuery(symbol, to), take: changes.take }],
    async finish() {
      const days = (await tradingDays(from, to)).filter((day) => day >= from && day <= to);
      const batch: RowBatch = {
        dataset: 'adj_factors',
        columns: ADJUST_FACTOR_COLUMNS,
        rows: changes.rows(days),
      };
      return { batches: [batch], suspended: [], unreadable: changes.unreadable };
    },
  };
}

function reportReading(upstream: Upstream, question: SymbolQuestion): BaostockReading {
  const reports = createReportCollector(upstream, question);
  const parts = reportQuarters(question).flatMap((period) =>
    REPORT_INTERFACES.map((each): BaostockPart => ({
      query: reportQuery(each, question, period),
      take: (page) => reports.take(each, period, page),
    })),
  );
  return plainReading('financials', FINANCIAL_COLUMNS, reports, parts);
}

function dividendReading(upstream: Upstream, question: SymbolQuestion): BaostockReading {
  const dividends = createDividendCollector(upstream, question);
  const parts = announcementYears(question.from, question.to).map((year): BaostockPart => ({
    query: dividendQuery(question, year),
    take: dividends.take,
  }));
  return plainReading('dividends', DIVIDEND_COLUMNS, dividends, parts);
}

function calendarReading(upstream: Upstream, { from, to }: TableQuestion): BaostockReading {
  const calendar = createTradeDatesCollector(upstream, from, to);
  const collected: Collected = {
    get rows() {
      return calendar.rows();
    },
    unreadable: calendar.unreadable,
  };
  return plainReading('trade_calendar', TRADE_DATES_COLUMNS, collected, [
    { query: tradeDatesQuery(from, to), take: calendar.take },
  ]);
}

function stockListReading(upstream: Upstream): BaostockReading {
  const stocks = createStockListCollector(upstream);
  return plainReading('stock_basics', STOCK_LIST_COLUMNS, stocks, [
    { query: securityListQuery(), take: stocks.take },
  ]);
}

function indexListReading(upstream: Upstream): BaostockReading {
  const indices = createIndexListCollector(upstream);
  return plainReading('index_basics', INDEX_LIST_COLUMNS, indices, [
    { query: securityListQuery(), take: indices.take },
  ]);
}
