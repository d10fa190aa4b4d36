import type { PlainDay, RowBatch } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import type { Upstream } from '../watch.ts';
import { ADJUST_FACTOR_COLUMNS, adjustFactorQuery, createAdjustFactorCollector } from './adjustFactors.ts';
import { BAR_COLUMNS, BASICS_COLUMNS, createKlineCollector, klineQuery } from './klines.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createStockListCollector, STOCK_LIST_COLUMNS, stockListQuery } from './stockList.ts';
import { createTradeDatesCollector, TRADE_DATES_COLUMNS, tradeDatesQuery } from './tradeDates.ts';

/** Trading days of a range, inclusive and ascending, from the calendar of whoever asks. */
export type TradingDays = (
  from: PlainDay,
  to: PlainDay,
) => readonly PlainDay[] | Promise<readonly PlainDay[]>;

/** How one question is asked, how its pages are taken, and what they come to. */
export interface BaostockReading {
  readonly query: BaostockQuery;
  /** Takes a page and says how many of its rows are new. */
  take(page: BaostockPage): number;
  finish(): Promise<Omit<Answer, 'calls' | 'bytes'>>;
}

export function readingOf(upstream: Upstream, question: Question, tradingDays: TradingDays): BaostockReading {
  if (question.shape === 'symbol') {
    return question.dataset === 'adj_factors'
      ? factorReading(upstream, question, tradingDays)
      : klineReading(upstream, question);
  }
  return question.shape === 'all' && question.dataset === 'trade_calendar'
    ? calendarReading(upstream, question)
    : stockListReading(upstream);
}

type SymbolQuestion = Question & { readonly shape: 'symbol' };
type TableQuestion = Question & { readonly shape: 'all' };

function klineReading(upstream: Upstream, question: SymbolQuestion): BaostockReading {
  const days = createKlineCollector(upstream, question);
  const bars: RowBatch = { dataset: 'daily_bars', columns: BAR_COLUMNS, rows: days.bars };
  const basics: RowBatch = { dataset: 'daily_basics', columns: BASICS_COLUMNS, rows: days.basics };
  const batches = question.dataset === 'daily_bars' ? [bars, basics] : [basics, bars];
  return {
    query: klineQuery(question),
    take: days.take,
    finish: async () => ({ batches, suspended: days.suspended, unreadable: days.unreadable }),
  };
}

function factorReading(
  upstream: Upstream,
  question: SymbolQuestion,
  tradingDays: TradingDays,
): BaostockReading {
  const { symbol, from, to } = question;
  const changes = createAdjustFactorCollector(upstream, symbol);
  return {
    query: adjustFactorQuery(symbol, to),
    take: changes.take,
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

function calendarReading(upstream: Upstream, { from, to }: TableQuestion): BaostockReading {
  const calendar = createTradeDatesCollector(upstream, from, to);
  return {
    query: tradeDatesQuery(from, to),
    take: calendar.take,
    async finish() {
      const batch: RowBatch = {
        dataset: 'trade_calendar',
        columns: TRADE_DATES_COLUMNS,
        rows: calendar.rows(),
      };
      return { batches: [batch], suspended: [], unreadable: calendar.unreadable };
    },
  };
}

function stockListReading(upstream: Upstream): BaostockReading {
  const stocks = createStockListCollector(upstream);
  const batch: RowBatch = { dataset: 'stock_basics', columns: STOCK_LIST_COLUMNS, rows: stocks.rows };
  return {
    query: stockListQuery(),
    take: stocks.take,
    finish: async () => ({ batches: [batch], suspended: [], unreadable: stocks.unreadable }),
  };
}
