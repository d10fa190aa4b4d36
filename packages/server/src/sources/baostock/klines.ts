import { AppError, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { readDay, readFlag, readInteger, readNumber, type CellValue } from '../cell.ts';
import { createRowCollector } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces, optional, readCells, required, type TableColumn } from './columns.ts';
import { OPEN_TO_CLOSE, UNADJUSTED } from './klineFields.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createSetAside } from './setAside.ts';
import { codeOfSymbol } from './symbols.ts';

type SymbolQuestion = Question & { readonly shape: 'symbol' };

/** Prices in yuan, volume in shares, amount in yuan, rates in percent: the canonical units as they come. */
const BAR: readonly TableColumn[] = [
  ...OPEN_TO_CLOSE,
  required('preclose', readNumber, 'pre_close'),
  required('volume', readInteger),
  required('amount', readNumber),
  optional('pctChg', 'pct_chg'),
];

const BASICS: readonly TableColumn[] = [
  optional('turn', 'turnover_rate'),
  optional('peTTM', 'pe_ttm'),
  optional('pbMRQ', 'pb'),
  optional('psTTM', 'ps_ttm'),
  optional('pcfNcfTTM', 'pcf_ttm'),
  optional('isST', 'is_st', readFlag),
];

const KEY = ['symbol', 'trade_date'];
export const BAR_COLUMNS: readonly string[] = [...KEY, ...BAR.map(({ column }) => column)];
export const BASICS_COLUMNS: readonly string[] = [...KEY, ...BASICS.map(({ column }) => column)];

const FIELDS = [
  'date',
  'code',
  'open',
  'high',
  'low',
  'close',
  'preclose',
  'volume',
  'amount',
  'adjustflag',
  'turn',
  'tradestatus',
  'pctChg',
  'peTTM',
  'pbMRQ',
  'psTTM',
  'pcfNcfTTM',
  'isST',
];

export function klineQuery({
  symbol,
  from,
  to,
}: {
  symbol: Symbol;
  from: PlainDay;
  to: PlainDay;
}): BaostockQuery {
  return {
    type: '95',
    method: 'query_history_k_data_plus',
    params: [codeOfSymbol(symbol), FIELDS.join(','), from, to, 'd', UNADJUSTED],
    // The columns stand where they were asked for, not behind the parameters as elsewhere.
    columnsPart: 8,
  };
}

/** Collects the pages of one symbol's days, as bars and as indicators at once. */
export interface KlineCollector {
  /** Takes a page and says how many of its days are new. */
  take(page: BaostockPage): number;
  readonly bars: readonly Row[];
  readonly basics: readonly Row[];
  readonly suspended: Answer['suspended'];
  readonly unreadable: Answer['unreadable'];
}

/**
 * A suspended day comes as a row with status 0 and yesterday's prices: it gives no bar but a pair in
 * `suspended`, and indicators only if it carries some. A row of another symbol or day is `malformed`.
 */
export function createKlineCollector(upstream: Upstream, question: SymbolQuestion): KlineCollector {
  const { symbol, from, to } = question;
  const code = codeOfSymbol(symbol);
  const bars = createRowCollector(upstream, 'daily_bars');
  const basics = createRowCollector(upstream, 'daily_basics');
  const suspended = new Map<PlainDay, { symbol: Symbol; day: PlainDay }>();
  const aside = createSetAside();
  const { set } = aside;

  const takeRecord = (places: Places, record: readonly string[]): boolean => {
    const day = readDay(record[places.date]);
    if (!day) return set('date cannot be read', record);
    if (record[places.code] !== code || record[places.adjustflag] !== UNADJUSTED || day < from || day > to) {
      const message = `it sent ${record[places.code]} of ${day}, which was not asked for.`;
      throw new AppError('malformed', { ...upstream, message });
    }
    const trades = readFlag(record[places.tradestatus]);
    if (typeof trades !== 'boolean') return set('tradestatus cannot be read', record);

    const indicators: Record<string, CellValue> = { symbol, trade_date: day };
    const fault = readCells(BASICS, places.basics, record, indicators);
    if (fault !== undefined) return set(fault, record);
    if (!trades) {
      const isNew = !suspended.has(day);
      if (isNew) suspended.set(day, { symbol, day });
      if (BASICS.some(({ column }) => indicators[column] !== null)) basics.add(indicators);
      return isNew;
    }
    const bar: Record<string, CellValue> = { symbol, trade_date: day };
    const barFault = readCells(BAR, places.bar, record, bar);
    if (barFault !== undefined) return set(barFault, record);
    basics.add(indicators);
    return bars.add(bar);
  };

  return {
    take(page) {
      const places = findPlaces(upstream, page);
      let fresh = 0;
      for (const record of page.records) if (takeRecord(places, record)) fresh += 1;
      return fresh;
    },
    bars: bars.rows,
    basics: basics.rows,
    get suspended() {
      return [...suspended.values()];
    },
    get unreadable() {
      return aside.entries;
    },
  };
}

interface Places {
  readonly date: number;
  readonly code: number;
  readonly adjustflag: number;
  readonly tradestatus: number;
  readonly bar: readonly number[];
  readonly basics: readonly number[];
}

function findPlaces(upstream: Upstream, page: BaostockPage): Places {
  const [date = 0, code = 0, adjustflag = 0, tradestatus = 0] = columnPlaces(upstream, page, [
    'date',
    'code',
    'adjustflag',
    'tradestatus',
  ]);
  return {
    date,
    code,
    adjustflag,
    tradestatus,
    bar: columnPlaces(
      upstream,
      page,
      BAR.map(({ field }) => field),
    ),
    basics: columnPlaces(
      upstream,
      page,
      BASICS.map(({ field }) => field),
    ),
  };
}
