import { AppError, type PlainDay, type Row } from '@tapekeeper/core';
import type { Answer, Question } from '../../ports/source.ts';
import { readDay, readNumber, type CellReader, type CellValue } from '../cell.ts';
import { sameRow } from '../rowCollector.ts';
import type { Upstream } from '../watch.ts';
import { columnPlaces, optional, readCells, type TableColumn } from './columns.ts';
import { periodOfPayment, periodOfPlan } from './dividendPeriod.ts';
import type { BaostockPage } from './reply.ts';
import type { BaostockQuery } from './session.ts';
import { createSetAside } from './setAside.ts';
import { codeOfSymbol } from './symbols.ts';

type SymbolQuestion = Question & { readonly shape: 'symbol' };

/**
 * A sum a share, in yuan. After tax it may come as `0.288或0.32`, by who holds the share and how long: the
 * least is what everyone is left with.
 */
const readLeast: CellReader = (cell) => {
  if (typeof cell !== 'string' || !cell.includes('或')) return readNumber(cell);
  const sums = cell.split('或').map((text) => readNumber(text.trim()));
  return sums.every((sum) => typeof sum === 'number') ? Math.min(...sums) : undefined;
};

const COLUMNS: readonly TableColumn[] = [
  optional('dividCashPsBeforeTax', 'cash', readLeast),
  optional('dividCashPsAfterTax', 'cash_after_tax', readLeast),
  optional('dividStocksPs', 'bonus'),
  optional('dividReserveToStockPs', 'transfer'),
  optional('dividRegistDate', 'record_date', readDay),
  optional('dividOperateDate', 'ex_date', readDay),
  optional('dividPayDate', 'pay_date', readDay),
  optional('dividStockMarketDate', 'share_list_date', readDay),
  optional('dividPlanDate', 'imp_ann_date', readDay),
];

export const DIVIDEND_COLUMNS: readonly string[] = [
  'symbol',
  'period',
  'ann_date',
  'progress',
  ...COLUMNS.map(({ column }) => column),
];

/** The dividends whose plan was announced in a year. */
export function dividendQuery({ symbol }: SymbolQuestion, year: number): BaostockQuery {
  return {
    type: '13',
    method: 'query_dividend_data',
    params: [codeOfSymbol(symbol), String(year), 'report'],
    columnsPart: 10,
  };
}

export interface DividendCollector {
  /** Takes a page and says how many of its dividends are new. */
  take(page: BaostockPage): number;
  readonly rows: readonly Row[];
  readonly unreadable: Answer['unreadable'];
}

/** Days of announcements behind the plan's, the earliest first. */
const LATER = ['dividPreNoticeDate', 'dividAgmPumDate', 'dividPlanDate'];
const HEAD = ['code', 'dividPlanAnnounceDate', ...LATER];

/**
 * The dividends of the quarters asked for; a year's answer may hold others, which are left out. BaoStock
 * lists a dividend when it has been decided, and its payment makes it `implemented`. Of two different ones
 * under one key the second is set aside. One of another symbol is `malformed`.
 */
export function createDividendCollector(
  upstream: Upstream,
  { symbol, from, to }: SymbolQuestion,
): DividendCollector {
  const code = codeOfSymbol(symbol);
  const rows = new Map<string, Row>();
  const seen = new Set<string>();
  const aside = createSetAside();

  const takeRecord = (places: Places, record: readonly string[]): void => {
    const [codeAt = 0, ...daysAt] = places.head;
    if (record[codeAt] !== code) {
      const message = `it sent dividends of ${record[codeAt]}, which was not asked for.`;
      throw new AppError('malformed', { ...upstream, message });
    }
    const days = daysAt.map((at) => readDay(record[at]));
    if (days.includes(undefined)) return void aside.set('a day cannot be read', record);
    const announcement = firstAnnouncement(days as readonly (PlainDay | null)[]);
    if (announcement === undefined) return void aside.set('no announcement has a day', record);
    const { announced, period } = announcement;
    if (period < from || period > to) return;
    const row: Record<string, CellValue> = { symbol, period, ann_date: announced, progress: 'approved' };
    const fault = readCells(COLUMNS, places.cells, record, row);
    if (fault !== undefined) return void aside.set(fault, record);
    if (row['ex_date'] !== null || row['pay_date'] !== null) row['progress'] = 'implemented';
    const key = `${period} ${announced} ${String(row['progress'])}`;
    const earlier = rows.get(key);
    if (earlier === undefined) rows.set(key, row);
    else if (!sameRow(earlier, row)) aside.set(`a second dividend was announced on ${announced}`, record);
  };

  return {
    take(page) {
      const places: Places = {
        head: columnPlaces(upstream, page, HEAD),
        cells: columnPlaces(
          upstream,
          page,
          COLUMNS.map(({ field }) => field),
        ),
      };
      let fresh = 0;
      for (const record of page.records) {
        const line = record.join();
        if (seen.has(line)) continue;
        seen.add(line);
        fresh += 1;
        takeRecord(places, record);
      }
      return fresh;
    },
    get rows() {
      return [...rows.values()];
    },
    get unreadable() {
      return aside.entries;
    },
  };
}

interface Places {
  readonly head: readonly number[];
  readonly cells: readonly number[];
}

/** The plan's announcement, or the earliest other one that is known. */
function firstAnnouncement([plan, ...later]: readonly (PlainDay | null)[]):
  | { readonly announced: PlainDay; readonly period: PlainDay }
  | undefined {
  if (plan) return { announced: plan, period: periodOfPlan(plan) };
  const announced = later.filter((day) => day !== null).toSorted()[0];
  return announced && { announced, period: periodOfPayment(announced) };
}
