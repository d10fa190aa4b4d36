import { AppError, quarterCalendar, type PlainDay, type Row } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { readDay, readNumber, scaledBy, type CellReader, type CellValue } from '../cell.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces } from './columns.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createSetAside } from './setAside.ts';
import { codeOfSymbol } from './symbols.ts';

type SymbolQuestion = Question & { readonly shape: 'symbol' };

/** Ratios come as fractions of six decimals. */
const fraction = scaledBy(100, 4);

/** An item that has a canonical column; all others stand in `items` only. */
interface Figure {
  readonly item: string;
  readonly column: string;
  readonly read: CellReader;
}

interface ReportInterface {
  readonly type: string;
  readonly method: string;
  readonly figures: readonly Figure[];
}

const figure = (item: string, column: string, read: CellReader): Figure => ({ item, column, read });

/**
 * The six interfaces that tell of one quarter. `roeAvg` is over the mean of the equity at both ends of
 * the year so far, a plainer mean than the weighted one of the reports. `MBRevenue` is the revenue of the
 * main business and `epsTTM` is of twelve months: neither is what a report calls revenue or earnings per
 * share, so they have no column.
 */
export const REPORT_INTERFACES: readonly ReportInterface[] = [
  {
    type: '17',
    method: 'query_profit_data',
    figures: [
      figure('roeAvg', 'roe', fraction),
      figure('npMargin', 'net_margin', fraction),
      figure('gpMargin', 'gross_margin', fraction),
      figure('netProfit', 'net_profit', readNumber),
    ],
  },
  { type: '19', method: 'query_operation_data', figures: [] },
  { type: '21', method: 'query_growth_data', figures: [figure('YOYPNI', 'net_profit_yoy', fraction)] },
  { type: '23', method: 'query_dupont_data', figures: [] },
  {
    type: '25',
    method: 'query_balance_data',
    figures: [
      figure('currentRatio', 'current_ratio', readNumber),
      figure('quickRatio', 'quick_ratio', readNumber),
      figure('liabilityToAsset', 'debt_to_assets', fraction),
    ],
  },
  { type: '27', method: 'query_cash_flow_data', figures: [] },
];

const FIGURE_COLUMNS = REPORT_INTERFACES.flatMap(({ figures }) => figures.map(({ column }) => column));

export const FINANCIAL_COLUMNS: readonly string[] = [
  'symbol',
  'period',
  'statement',
  'ann_date',
  'report_type',
  'update_flag',
  ...FIGURE_COLUMNS,
  'items',
];

/** The quarters that a question is about, each of them six queries. */
export function reportQuarters({ from, to }: SymbolQuestion): readonly PlainDay[] {
  return quarterCalendar().tradingDays(from, to);
}

export function reportQuery(
  { type, method }: ReportInterface,
  { symbol }: SymbolQuestion,
  period: PlainDay,
): BaostockQuery {
  const quarter = Number(period.slice(5, 7)) / 3;
  return {
    type,
    method,
    params: [codeOfSymbol(symbol), period.slice(0, 4), String(quarter)],
    columnsPart: 10,
  };
}

export interface ReportCollector {
  /** Takes a page of one interface about one quarter, and says how many of its records are new. */
  take(from: ReportInterface, period: PlainDay, page: BaostockPage): number;
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** What the interfaces say of one announcement. */
interface Announcement {
  readonly period: PlainDay;
  readonly announced: PlainDay;
  readonly figures: Map<string, CellValue>;
  readonly items: Map<string, number>;
  readonly records: Map<string, string>;
}

const HEAD = ['code', 'pubDate', 'statDate'];
const ITEM = /^[A-Za-z]\w*$/;

/**
 * Puts the answers of the six interfaces together, one row for each (quarter, announcement). A quarter of
 * which one record cannot be read has no row at all, so that no half of it passes for the whole. A record
 * of another symbol or quarter, and two different ones of one announcement, are `malformed`.
 */
export function createReportCollector(upstream: Upstream, { symbol }: SymbolQuestion): ReportCollector {
  const code = codeOfSymbol(symbol);
  const announcements = new Map<string, Announcement>();
  const spoiled = new Set<PlainDay>();
  const aside = createSetAside();
  const refuse = (message: string) => new AppError('malformed', { ...upstream, message });

  const spoil = (period: PlainDay, reason: string, record: readonly string[]): boolean => {
    spoiled.add(period);
    return aside.set(reason, record);
  };

  const announcementOf = (period: PlainDay, announced: PlainDay): Announcement => {
    const key = `${period} ${announced}`;
    const known = announcements.get(key);
    if (known !== undefined) return known;
    const made = { period, announced, figures: new Map(), items: new Map(), records: new Map() };
    announcements.set(key, made);
    return made;
  };

  const takeRecord = (
    source: ReportInterface,
    period: PlainDay,
    cells: ReadonlyMap<string, string>,
    record: readonly string[],
  ): boolean => {
    const announced = readDay(cells.get('pubDate'));
    const stated = readDay(cells.get('statDate'));
    if (cells.get('code') !== code || (stated && stated !== period))
      throw refuse(`it sent ${cells.get('code')} of ${String(stated)}, which was not asked for.`);
    if (!announced || !stated) return spoil(period, 'pubDate or statDate cannot be read', record);
    const { figures, items, records } = announcementOf(period, announced);
    const line = record.join();
    const earlier = records.get(source.method);
    if (earlier === line) return false;
    if (earlier !== undefined) throw refuse(`two records of ${period} in ${source.method}.`);
    records.set(source.method, line);
    for (const [name, cell] of cells) {
      const value = HEAD.includes(name) ? null : readNumber(cell);
      if (typeof value === 'number') items.set(name, value);
      else if (value === undefined) return spoil(period, `${name} cannot be read`, record);
    }
    for (const { item, column, read } of source.figures) {
      const value = read(cells.get(item));
      if (value === undefined) return spoil(period, `${item} cannot be read`, record);
      figures.set(column, value);
    }
    return true;
  };

  return {
    take(source, period, page) {
      columnPlaces(upstream, page, [...HEAD, ...source.figures.map(({ item }) => item)]);
      if (new Set(page.columns).size < page.columns.length || !page.columns.every((name) => ITEM.test(name)))
        throw refuse('the columns have no names, or the same one twice.');
      let fresh = 0;
      for (const record of page.records) {
        const cells = new Map(page.columns.map((name, at) => [name, record[at] ?? '']));
        if (takeRecord(source, period, cells, record)) fresh += 1;
      }
      return fresh;
    },
    get rows() {
      return [...announcements.values()]
        .filter(({ period }) => !spoiled.has(period))
        .map(({ period, announced, figures, items }): Row => ({
          symbol,
          period,
          statement: 'indicators',
          ann_date: announced,
          report_type: '1',
          update_flag: '0',
          ...Object.fromEntries(FIGURE_COLUMNS.map((column) => [column, figures.get(column) ?? null])),
          items: JSON.stringify(Object.fromEntries(items)),
        }));
    },
    get unreadable() {
      return aside.entries;
    },
  };
}
