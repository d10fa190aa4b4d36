import { compactDay, parseDay, shanghaiInstant, type Row } from '@tapekeeper/core';
import { z } from 'zod';
import type { Question } from '../../../ports/source.ts';
import { readNumber, scaledBy } from '../../cell.ts';
import { callAkshare, type AkshareClient, type Asking } from '../client.ts';
import { refusedCode } from './clist.ts';
import { createGathering, type Found } from '../gathering.ts';
import { malformedFrom } from '../hosts.ts';
import { secidOf } from '../symbols.ts';
import { readJson, utf8Text } from '../text.ts';

export type SymbolQuestion = Question & { readonly shape: 'symbol' };

export const BAR_COLUMNS: readonly string[] = [
  'symbol',
  'trade_date',
  'open',
  'high',
  'low',
  'close',
  'pre_close',
  'volume',
  'amount',
  'pct_chg',
];

export const MINUTE_COLUMNS: readonly string[] = [
  'symbol',
  'trade_date',
  'bar_time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'amount',
];

const answer = z.object({
  rc: z.int(),
  data: z.object({ code: z.string(), klines: z.array(z.string()).nullish() }).nullish(),
});

const lotsToShares = scaledBy(100, 0);
const PRICE_GRAIN = 10_000;

/**
 * Unadjusted bars of one symbol over a range, all of them in one call: of days, or of five minutes for as far
 * back as Eastmoney keeps those. A symbol that it does not know has none.
 */
export async function readEastmoneyBars(
  client: AkshareClient,
  question: SymbolQuestion,
  asking: Asking,
): Promise<Found> {
  const ofMinutes = question.dataset === 'minute_bars';
  const lines = await readLines(client, question, ofMinutes ? '5' : '101', asking);
  const gathering = createGathering('push2his', question.dataset);
  for (const line of lines)
    gathering.take(ofMinutes ? minuteBar(question, line) : dayBar(question, line), line);
  const { rows, unreadable } = gathering;
  for (const row of rows) {
    const day = String(row['trade_date']);
    if (day < question.from || day > question.to)
      throw malformedFrom('push2his', `it sent ${day}, which was not asked for.`);
  }
  return { columns: ofMinutes ? MINUTE_COLUMNS : BAR_COLUMNS, rows, unreadable };
}

async function readLines(
  client: AkshareClient,
  { symbol, from, to }: SymbolQuestion,
  klt: string,
  asking: Asking,
): Promise<readonly string[]> {
  const body = await callAkshare(
    client,
    {
      origin: 'push2his',
      api: 'kline',
      path: '/api/qt/stock/kline/get',
      referer: 'https://quote.eastmoney.com/',
      query: {
        secid: secidOf(symbol),
        ut: '7eea3edcaed734bea9cbfc24409ed989',
        fields1: 'f1,f2,f3,f4,f5,f6',
        fields2: 'f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61',
        klt,
        fqt: '0',
        beg: compactDay(from),
        end: compactDay(to),
      },
    },
    asking,
  );
  const { rc, data } = readJson('push2his', utf8Text('push2his', body), answer);
  if (rc !== 0) throw refusedCode(rc, 'kline');
  if (!data) return [];
  if (data.code !== symbol.slice(0, 6))
    throw malformedFrom('push2his', `it sent ${data.code.slice(0, 20)} for ${symbol}.`);
  return data.klines ?? [];
}

/** Date, open, close, high, low, lots, yuan, amplitude, change in percent, change, turnover. */
function dayBar({ symbol }: SymbolQuestion, line: string): Row | string {
  const [date = '', ...texts] = line.split(',');
  const day = parseDay(date);
  if (day === undefined) return 'the day cannot be read';
  const [open, close, high, low, lots, amount, , percent, change] = texts;
  const prices = readAll([open, high, low, close, change, amount]);
  const volume = lotsToShares(lots ?? null);
  const pctChg = readNumber(percent ?? null);
  if (!prices || typeof volume !== 'number' || pctChg === undefined) return 'a figure cannot be read';
  const [o, h, l, c, by, yuan] = prices as [number, number, number, number, number, number];
  return {
    symbol,
    trade_date: day,
    open: o,
    high: h,
    low: l,
    close: c,
    pre_close: Math.round((c - by) * PRICE_GRAIN) / PRICE_GRAIN,
    volume,
    amount: yuan,
    pct_chg: pctChg,
  };
}

/** The same with the minute at which the bar ends. */
function minuteBar({ symbol }: SymbolQuestion, line: string): Row | string {
  const [moment = '', open, close, high, low, lots, amount] = line.split(',');
  const match = /^(\d{4}-\d{2}-\d{2}) ([01]\d|2[0-3]):([0-5]\d)$/.exec(moment);
  const day = match ? parseDay(match[1] ?? '') : undefined;
  if (!match || day === undefined) return 'the time cannot be read';
  const figures = readAll([open, high, low, close, amount]);
  const volume = lotsToShares(lots ?? null);
  if (!figures || typeof volume !== 'number') return 'a figure cannot be read';
  const [o, h, l, c, yuan] = figures as [number, number, number, number, number];
  const barTime = shanghaiInstant(day, Number(match[2]) * 60 + Number(match[3]));
  return {
    symbol,
    trade_date: day,
    bar_time: barTime,
    open: o,
    high: h,
    low: l,
    close: c,
    volume,
    amount: yuan,
  };
}

/** Every figure, or undefined where one is missing. */
function readAll(texts: readonly (string | undefined)[]): readonly number[] | undefined {
  const figures = texts.map((text) => readNumber(text ?? null));
  return figures.every((figure) => typeof figure === 'number') ? figures : undefined;
}
