import { compactDay, type DatasetId, type Row } from '@tapekeeper/core';
import type { Question } from '../../ports/source.ts';
import { tushareApi } from './apis.ts';
import type { TushareQuery } from './table.ts';

/**
 * The queries that answer a question, in the order of asking: one for each list of stocks, since asked
 * without a status Tushare leaves out all but the listed ones; one for each exchange with a calendar of
 * its own; else a single one.
 */
export function tushareQueries(question: Question): readonly TushareQuery[] {
  const api = tushareApi(question.dataset);
  const days = daysOf(question);
  const within = (day: unknown) => typeof day === 'string' && day >= days.from && day <= days.to;
  const range = { start_date: compactDay(days.from), end_date: compactDay(days.to) };

  if (question.dataset === 'stock_basics') {
    return ['L', 'D', 'P', 'G'].map((status) => ({
      api,
      params: { list_status: status },
      asked: () => true,
    }));
  }
  if (question.dataset === 'trade_calendar') {
    return CALENDARS.map(([name, exchange]) => ({
      api,
      params: { exchange: name, ...range },
      asked: (row: Row) => row.exchange === exchange && within(row.cal_date),
    }));
  }
  if (question.shape === 'symbol') {
    const { symbol } = question;
    const asked = (row: Row) => row.symbol === symbol && within(row.trade_date);
    return [{ api, params: { ts_code: symbol, ...range }, asked }];
  }
  return [{ api, params: { trade_date: compactDay(days.from) }, asked: (row) => within(row.trade_date) }];
}

const CALENDARS = [
  ['SSE', 'XSHG'],
  ['SZSE', 'XSHE'],
] as const;

function daysOf(question: Question) {
  return question.shape === 'day' ? { from: question.day, to: question.day } : question;
}

/** The smallest call that shows the right to an interface and what its rows look like. */
export function probeParams(dataset: DatasetId): Readonly<Record<string, string>> {
  return dataset === 'trade_calendar'
    ? { exchange: 'SSE', limit: '1' }
    : { ts_code: '000001.SZ', limit: '1' };
}
