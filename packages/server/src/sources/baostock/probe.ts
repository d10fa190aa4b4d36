import { addDays, shanghaiDay, symbolOf, type DatasetId, type PlainDay } from '@tapekeeper/core';
import type { Clock } from '../../ports/clock.ts';
import type { AskContext, Probe, Question } from '../../ports/source.ts';
import { readingOf, type TradingDays } from './reading.ts';
import { securityListQuery } from './securityList.ts';
import type { BaostockSession } from './session.ts';

const RAW_CHARACTERS = 4000;
const SHOWN_ROWS = 3;
const STOCK = symbolOf('600000.SH');
const INDEX = symbolOf('000001.SH');

/** Days back from today that hold something at any time of the year; two weeks hold a trading day. */
const LOOK_BACK_DAYS: Readonly<Partial<Record<DatasetId, number>>> = {
  weekly_bars: 28,
  monthly_bars: 70,
  // The first quarter in it ended four months ago or more, and is published by now.
  financials: 215,
  dividends: 730,
};

/** The lists are long; one line of them shows as much. */
const ONE_LINE: Readonly<Partial<Record<DatasetId, string>>> = {
  stock_basics: 'sh.600000',
  index_basics: 'sh.000001',
};

/** The first page of the first query that a question about the last days takes. */
export async function probeBaostock(
  session: BaostockSession,
  clock: Clock,
  tradingDays: TradingDays,
  dataset: DatasetId,
  context: AskContext,
): Promise<Probe> {
  const reading = readingOf(session.upstream, probeQuestion(dataset, shanghaiDay(clock.now())), tradingDays);
  const [part] = reading.parts;
  if (part === undefined) throw new RangeError(`nothing is asked for ${dataset}`);
  const code = ONE_LINE[dataset];
  const query = code === undefined ? part.query : securityListQuery(code);
  const startedAt = clock.monotonic();
  const { page, raw } = await session.query(query, 1, context, { calls: 0, bytes: 0 }, (answer) => {
    part.take(answer.page);
    return answer;
  });
  const ms = Math.round(clock.monotonic() - startedAt);
  const { batches } = await reading.finish();
  return {
    api: query.method,
    raw: raw.slice(0, RAW_CHARACTERS).toWellFormed(),
    parsed: { records: page.records.slice(0, SHOWN_ROWS), rows: batches[0]?.rows.slice(0, SHOWN_ROWS) ?? [] },
    ms,
  };
}

function probeQuestion(dataset: DatasetId, today: PlainDay): Question {
  const range = { from: addDays(today, -(LOOK_BACK_DAYS[dataset] ?? 14)), to: today };
  if (dataset === 'stock_basics' || dataset === 'trade_calendar' || dataset === 'index_basics')
    return { shape: 'all', dataset, ...range };
  return { shape: 'symbol', dataset, symbol: dataset === 'index_bars' ? INDEX : STOCK, ...range };
}
