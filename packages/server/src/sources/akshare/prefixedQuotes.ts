import { boardOf, parseDay, shanghaiInstant, type Row, type Symbol } from '@tapekeeper/core';
import { readNumber, scaledBy } from '../cell.ts';
import { callAkshare, type AkshareCall, type AkshareClient, type Asking } from './client.ts';
import { createGathering, type Found } from './gathering.ts';
import { malformedFrom, type OriginId } from './hosts.ts';
import { isAsked } from './eastmoney/quotes.ts';
import { prefixedCode, symbolOfPrefixed } from './symbols.ts';
import { gbkText } from './text.ts';
import type { AllQuestion } from './tradeCalendar.ts';

/** A service that quotes the symbols it is told, a line each, `name="fields"`. */
export interface PrefixedQuotes {
  readonly origin: OriginId;
  readonly groupRows: number;
  readonly columns: readonly string[];
  readonly call: (codes: string) => AkshareCall;
  /** The code in front of the quotes of a line. */
  readonly line: RegExp;
  /** The row of a line, why there is none, or undefined for a stock without a price. */
  readonly read: (symbol: Symbol, text: string) => Row | string | undefined;
}

const COLUMNS = [
  'symbol',
  'trade_date',
  'quoted_at',
  'last',
  'open',
  'high',
  'low',
  'pre_close',
  'volume',
  'amount',
  'pct_chg',
];

const wholeShares = scaledBy(1, 0);
const lotsToShares = scaledBy(100, 0);

export const SINA_QUOTES: PrefixedQuotes = {
  origin: 'sina_hq',
  groupRows: 300,
  columns: COLUMNS,
  call: (codes) => ({
    origin: 'sina_hq',
    api: 'hq',
    path: `/list=${codes}`,
    // Nobody else is answered.
    referer: 'https://finance.sina.com.cn',
  }),
  line: /^var hq_str_([a-z]{2}\d{6})="([^"]*)";?$/,
  read(symbol, text) {
    const cells = text.split(',');
    if (text === '') return undefined;
    const [open, preClose, last, high, low] = cells.slice(1, 6).map((cell) => readNumber(cell));
    return quoteOf(symbol, {
      moment: `${(cells[30] ?? '').replaceAll('-', '')}${(cells[31] ?? '').replaceAll(':', '')}`,
      prices: [last, open, high, low, preClose],
      volume: wholeShares(cells[8] ?? null),
      amount: readNumber(cells[9] ?? null),
    });
  },
};

/** Volumes are in lots, but for some boards in shares: the amount tells which. */
export const TENCENT_QUOTES: PrefixedQuotes = {
  origin: 'tencent',
  groupRows: 60,
  columns: COLUMNS,
  call: (codes) => ({ origin: 'tencent', api: 'qt', path: `/q=${codes}` }),
  line: /^v_([a-z]{2}\d{6})="([^"]*)";?$/,
  read(symbol, text) {
    const cells = text.split('~');
    if (text === '') return undefined;
    const [last, preClose, open] = cells.slice(3, 6).map((cell) => readNumber(cell));
    const [high, low] = cells.slice(33, 35).map((cell) => readNumber(cell));
    // Price, volume and amount in one cell: the amount to the yuan.
    const amount = readNumber(cells[35]?.split('/')[2] ?? null);
    const shares = wholeShares(cells[6] ?? null);
    const isShares = (shares ?? 0) * (last ?? 0) * 10 > (amount ?? 0) && amount !== 0;
    const volume = isShares ? shares : lotsToShares(cells[6] ?? null);
    return quoteOf(symbol, {
      moment: cells[30] ?? '',
      prices: [last, open, high, low, preClose],
      volume,
      amount,
    });
  },
};

/** Quotes of the given symbols, group by group; what a group lacks has no quote. */
export async function readPrefixedQuotes(
  client: AkshareClient,
  quotes: PrefixedQuotes,
  symbols: readonly Symbol[],
  question: AllQuestion,
  asking: Asking,
): Promise<Found> {
  const gathering = createGathering(quotes.origin, 'quotes');
  const stocks = symbols.filter((symbol) => boardOf(symbol) !== undefined);
  for (let at = 0; at < stocks.length; at += quotes.groupRows) {
    const group = new Set(stocks.slice(at, at + quotes.groupRows));
    const codes = [...group].map(prefixedCode).join(',');
    for (const line of gbkText(await callAkshare(client, quotes.call(codes), asking)).split('\n')) {
      if (line.trim() === '' || line.startsWith('v_pv_none_match=')) continue;
      const match = quotes.line.exec(line.trim());
      const symbol = match && symbolOfPrefixed(match[1] ?? '');
      if (!match || !symbol || !group.has(symbol))
        throw malformedFrom(
          quotes.origin,
          `no quote that was asked for: ${JSON.stringify(line.slice(0, 60).toWellFormed())}`,
        );
      const row = quotes.read(symbol, match[2] ?? '');
      if (
        typeof row === 'string' ||
        (row && isAsked(question, parseDay(String(row['trade_date'])) ?? question.to))
      )
        gathering.take(row, line);
    }
  }
  return { columns: quotes.columns, rows: gathering.rows, unreadable: gathering.unreadable };
}

interface Reading {
  /** `20240131150003`. */
  readonly moment: string;
  readonly prices: readonly (number | null | undefined)[];
  readonly volume: number | null | undefined;
  readonly amount: number | null | undefined;
}

/** The row of a quote; undefined where there is no price, as for a suspended stock. */
function quoteOf(symbol: Symbol, { moment, prices, volume, amount }: Reading): Row | string | undefined {
  const [last, open, high, low, preClose] = prices;
  if (last === 0 || last === null) return undefined;
  const match = /^(\d{8})([01]\d|2[0-3])([0-5]\d)([0-5]\d)\d*$/.exec(moment);
  const day = parseDay(match?.[1] ?? '');
  if (!match || day === undefined) return 'the time of a quote cannot be read';
  if (
    last === undefined ||
    typeof preClose !== 'number' ||
    open === undefined ||
    high === undefined ||
    low === undefined
  )
    return 'a price cannot be read';
  if (typeof volume !== 'number' || typeof amount !== 'number') return 'volume or amount cannot be read';
  const at = shanghaiInstant(day, Number(match[2]) * 60 + Number(match[3])) + Number(match[4]) * 1000;
  return {
    symbol,
    trade_date: day,
    quoted_at: at,
    last,
    // Before the first trade there are none, which is written as nought.
    open: open || null,
    high: high || null,
    low: low || null,
    pre_close: preClose,
    volume,
    amount,
    pct_chg: preClose > 0 ? Math.round((last / preClose - 1) * 1_000_000) / 10_000 : null,
  };
}
