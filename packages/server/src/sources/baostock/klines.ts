import { AppError, type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { readDay, readFlag, readInteger, readNumber, type CellReader, type CellValue } from '../cell.ts';
import { createRowCollector, unreadableRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { codeOfSymbol } from './symbols.ts';

type SymbolQuestion = Question & { readonly shape: 'symbol' };

interface KlineColumn {
  readonly field: string;
  readonly column: string;
  readonly nullable: boolean;
  readonly read: CellReader;
}

const required = (field: string, read: CellReader, column = field): KlineColumn => ({
  field,
  column,
  nullable: false,
  read,
});
const optional = (field: string, column: string, read: CellReader = readNumber): KlineColumn => ({
  field,
  column,
  nullable: true,
  read,
});

/** Prices in yuan, volume in shares, amount in yuan, rates in percent: the canonical units as they come. */
const BAR: readonly KlineColumn[] = [
  required('open', readNumber),
  required('high', readNumber),
  required('low', readNumber),
  required('close', readNumber),
  required('preclose', readNumber, 'pre_close'),
  required('volume', readInteger),
  required('amount', readNumber),
  optional('pctChg', 'pct_chg'),
];

const BASICS: readonly KlineColumn[] = [
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

const UNADJUSTED = '3';

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
  const unreadable = new Map<string, Answer['unreadable'][number]>();

  const set = (reason: string, record: readonly string[]) => {
    const entry = unreadableRow(`baostock: ${reason}`, record);
    const isNew = !unreadable.has(entry.raw);
    if (isNew) unreadable.set(entry.raw, entry);
    return isNew;
  };

  const takeRecord = (places: Places, record: readonly string[]): boolean => {
    const day = readDay(record[places.date]);
    if (!day) return set('date cannot be read', record);
    if (record[places.code] !== code || record[places.adjustflag] !== UNADJUSTED || day < from || day > to) {
      const message = `it sent ${record[places.code]} of ${day}, which was not asked for.`;
      throw new AppError('malformed', { ...upstream, message });
    }
    const trades = readFlag(record[places.tradestatus]);
    if (typeof trades !== 'boolean') return set('tradestatus cannot be read', record);

    const indicators = readCells(BASICS, places.basics, record, symbol, day);
    if (typeof indicators === 'string') return set(indicators, record);
    if (!trades) {
      const isNew = !suspended.has(day);
      if (isNew) suspended.set(day, { symbol, day });
      if (BASICS.some(({ column }) => indicators[column] !== null)) basics.add(indicators);
      return isNew;
    }
    const bar = readCells(BAR, places.bar, record, symbol, day);
    if (typeof bar === 'string') return set(bar, record);
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
      return [...unreadable.values()];
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

/** The canonical row, or why it cannot be read. Runs for every day of every symbol: no iterators here. */
function readCells(
  columns: readonly KlineColumn[],
  places: readonly number[],
  record: readonly string[],
  symbol: Symbol,
  day: PlainDay,
): Record<string, CellValue> | string {
  const row: Record<string, CellValue> = { symbol, trade_date: day };
  for (let index = 0; index < columns.length; index += 1) {
    const { field, column, nullable, read } = columns[index]!;
    const value = read(record[places[index]!]);
    if (value === undefined) return `${field} cannot be read`;
    if (value === null && !nullable) return `${field} is empty`;
    row[column] = value;
  }
  return row;
}
