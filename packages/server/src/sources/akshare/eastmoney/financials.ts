import { type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import { readNumber } from '../../cell.ts';
import type { AkshareClient, Asking } from '../client.ts';
import { readDatacenter, readDayOfTime } from './datacenter.ts';
import type { SymbolQuestion } from './kline.ts';
import { createGathering, dashed, type Found } from '../gathering.ts';
import { readStatement, STATEMENTS, type CompanyTypes, type Statement } from './statements.ts';
import type { Cells } from '../text.ts';

export const INDICATOR_REPORT = 'RPT_LICO_FN_CPD';

/** Cells of each statement that have a column of their own; where several are named, the first that is filled. */
const FIGURES: Readonly<Record<Statement | 'indicators', Readonly<Record<string, readonly string[]>>>> = {
  income: {
    revenue: ['TOTAL_OPERATE_INCOME', 'OPERATE_INCOME'],
    operating_profit: ['OPERATE_PROFIT'],
    total_profit: ['TOTAL_PROFIT'],
    net_profit: ['NETPROFIT'],
    net_profit_parent: ['PARENT_NETPROFIT'],
    basic_eps: ['BASIC_EPS'],
    diluted_eps: ['DILUTED_EPS'],
  },
  balance: {
    total_assets: ['TOTAL_ASSETS'],
    total_liabilities: ['TOTAL_LIABILITIES'],
    total_equity: ['TOTAL_EQUITY'],
    parent_equity: ['TOTAL_PARENT_EQUITY'],
    cash: ['MONETARYFUNDS', 'CASH_DEPOSIT_PBC'],
  },
  cashflow: {
    operating_cash_flow: ['NETCASH_OPERATE'],
    investing_cash_flow: ['NETCASH_INVEST'],
    financing_cash_flow: ['NETCASH_FINANCE'],
  },
  indicators: {
    revenue: ['TOTAL_OPERATE_INCOME'],
    net_profit_parent: ['PARENT_NETPROFIT'],
    basic_eps: ['BASIC_EPS'],
    roe: ['WEIGHTAVG_ROE'],
    gross_margin: ['XSMLL'],
    bps: ['BPS'],
    ocfps: ['MGJYXJJE'],
    revenue_yoy: ['YSTZ'],
    net_profit_yoy: ['SJLTZ'],
  },
};

const FIGURE_COLUMNS = [...new Set(Object.values(FIGURES).flatMap((cells) => Object.keys(cells)))];

export const FINANCIAL_COLUMNS: readonly string[] = [
  'symbol',
  'period',
  'statement',
  'ann_date',
  'report_type',
  'update_flag',
  'f_ann_date',
  'company_type',
  ...FIGURE_COLUMNS,
  'items',
];

/**
 * Indicators and the three statements of one company for the quarters of a range. The indicators come for
 * all quarters in one call, and tell for which ones there are statements to ask for.
 * Each row is the newest version of its report: what an earlier one said is not to be had here.
 */
export async function readFinancials(
  client: AkshareClient,
  companyTypes: CompanyTypes,
  question: SymbolQuestion,
  asking: Asking,
): Promise<Found> {
  const { symbol, from, to } = question;
  const gathering = createGathering('f10', 'financials', 'set_aside');
  const filter = `(SECURITY_CODE="${symbol.slice(0, 6)}")`;
  const sort = { sortColumns: 'REPORTDATE', sortTypes: '-1' };
  const periods: PlainDay[] = [];
  for (const cells of await readDatacenter(client, { report: INDICATOR_REPORT, filter, ...sort }, asking)) {
    const period = readDayOfTime(cells['REPORTDATE']);
    if (period && (period < from || period > to)) continue;
    if (cells['SECURITY_CODE'] !== symbol.slice(0, 6) || !period) {
      gathering.take('an indicator cannot be read', cells);
      continue;
    }
    if (!periods.includes(period)) periods.push(period);
    gathering.take(rowOfReport(symbol, period, 'indicators', null, cells), cells);
  }
  if (periods.length > 0) {
    for (const statement of STATEMENTS) {
      const { companyType, rows } = await readStatement(
        client,
        companyTypes,
        { symbol, statement, periods },
        asking,
      );
      for (const { period, cells } of rows)
        gathering.take(rowOfReport(symbol, period, statement, companyType, cells), cells);
    }
  }
  return { columns: FINANCIAL_COLUMNS, rows: gathering.rows, unreadable: gathering.unreadable };
}

/** Columns of other statements are empty: each statement is a row of its own. */
function rowOfReport(
  symbol: Symbol,
  period: PlainDay,
  statement: Statement | 'indicators',
  companyType: string | null,
  cells: Cells,
): Row | string {
  const announced = readDayOfTime(cells['NOTICE_DATE']);
  const updated = readDayOfTime(cells['UPDATE_DATE']);
  if (!announced || updated === undefined) return 'NOTICE_DATE cannot be read';
  const isRestated = updated !== null && updated > announced;
  const row: Record<string, Row[string]> = {
    symbol,
    period,
    statement,
    // the figures are those of the last update: on the day of the first announcement nobody knew them
    ann_date: isRestated ? updated : announced,
    report_type: '1',
    update_flag: isRestated ? '1' : '0',
    f_ann_date: null,
    company_type: companyType,
  };
  for (const column of FIGURE_COLUMNS) {
    const value = figureOf(FIGURES[statement][column] ?? [], cells);
    if (value === undefined) return `${column} cannot be read`;
    row[column] = value;
  }
  const items = itemsOf(cells);
  return items === undefined ? 'an item is no text' : { ...row, items };
}

const figure = dashed(readNumber);

function figureOf(names: readonly string[], cells: Cells): Row[string] | undefined {
  for (const name of names) {
    const value = figure(cells[name]);
    if (value !== null) return value;
  }
  return null;
}

/** Every item that is filled, as the source names it. */
function itemsOf(cells: Cells): string | undefined {
  const filled = Object.entries(cells).filter(
    ([, value]) => typeof value === 'number' || (typeof value === 'string' && value !== ''),
  );
  const text = JSON.stringify(Object.fromEntries(filled));
  return text.isWellFormed() && !text.includes('\\u0000') && !/\\ud[89a-f]/i.test(text) ? text : undefined;
}
