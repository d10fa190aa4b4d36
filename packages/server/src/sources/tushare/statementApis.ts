import { type PlainDay } from '@tapekeeper/core';
import { readDay, readInteger, readNumber, readText } from '../cell.ts';
import { columnsOf, field, type Complete, type OwnCells, type TushareApi, type TushareField } from './api.ts';
import { BALANCE_ITEMS, CASHFLOW_ITEMS, INCOME_ITEMS, INDICATOR_ITEMS } from './statementItems.ts';

/** Columns that say which statement a row is; everything else is an item of it. */
const IDENTITY: ReadonlySet<string> = new Set([
  'ts_code',
  'ann_date',
  'f_ann_date',
  'end_date',
  'report_type',
  'comp_type',
  'end_type',
  'update_flag',
]);

/** Far above the announcements of one company since 1990. */
const WHOLE_HISTORY_ROWS = 2000;

function statementApi(
  api: string,
  statement: string,
  own: {
    readonly pageRows: number;
    readonly figures: readonly TushareField[];
    readonly items: readonly string[];
  },
): TushareApi {
  const { figures, items, pageRows } = own;
  const wide = figures.map(({ field: name }) => name);
  const identity = statement === 'indicators' ? ['ann_date', 'update_flag'] : [...IDENTITY].slice(1);
  return {
    api,
    dataset: 'financials',
    pageRows,
    fields: [field('ts_code', readText, 'symbol'), field('end_date', readDay, 'period'), ...figures],
    beside: [...identity, ...items].filter((name) => name !== 'end_date' && !wide.includes(name)),
    derived: ['statement', 'ann_date', 'report_type', 'update_flag', 'f_ann_date', 'company_type', 'items'],
    complete: completeStatement(statement),
    // Tushare is known to send the same report twice, once with gaps; the first one stays.
    repeated: () => undefined,
  };
}

/**
 * What makes a statement point-in-time: the day of its announcement, and whether it corrects an earlier
 * one. A row that says neither when it was announced nor when it really was cannot be placed in time.
 */
function completeStatement(statement: string): Complete {
  return (row, { get, names }) => {
    const announced = dayIn(get('ann_date'));
    const actual = dayIn(get('f_ann_date'));
    const reportType = codeIn(get('report_type'));
    const updateFlag = codeIn(get('update_flag'));
    const companyType = codeIn(get('comp_type'));
    if (announced === undefined || actual === undefined) return unreadable('ann_date cannot be read');
    if (reportType === undefined || updateFlag === undefined || companyType === undefined)
      return unreadable('the kind of report cannot be read');
    const annDate = announced ?? actual;
    if (annDate === null) return unreadable('ann_date is empty');
    const items = itemsOf({ get, names });
    if (typeof items !== 'string') return unreadable(`${items.bad} cannot be read`);
    const derived = {
      statement,
      ann_date: annDate,
      // Asked for none in particular, Tushare sends consolidated statements.
      report_type: reportType ?? '1',
      update_flag: updateFlag ?? '0',
      f_ann_date: actual === annDate ? null : actual,
      company_type: companyType,
      items,
    };
    return { kind: 'row', row: { ...row, ...derived } };
  };
}

function unreadable(reason: string) {
  return { kind: 'unreadable', reason } as const;
}

function dayIn(cell: unknown): PlainDay | null | undefined {
  return cell === undefined ? null : (readDay(cell) as PlainDay | null | undefined);
}

/** A short code, which comes as text or as number. */
function codeIn(cell: unknown): string | null | undefined {
  if (cell === undefined) return null;
  const value = typeof cell === 'number' ? readInteger(cell) : readText(cell);
  if (typeof value === 'number') return String(value);
  return value === null || (typeof value === 'string' && /^\w{1,8}$/.test(value)) ? value : undefined;
}

/** The text of an object of all items that have a value, in the order of their names. */
function itemsOf({ get, names }: OwnCells): string | { readonly bad: string } {
  const items: [string, number][] = [];
  for (const name of names) {
    if (IDENTITY.has(name)) continue;
    const value = readNumber(get(name));
    if (value === undefined) return { bad: name };
    if (value !== null) items.push([name, value]);
  }
  return JSON.stringify(Object.fromEntries(items.sort(([one], [other]) => (one < other ? -1 : 1))));
}

export const income = statementApi('income', 'income', {
  pageRows: WHOLE_HISTORY_ROWS,
  figures: [
    field('total_revenue', readNumber, 'revenue'),
    field('operate_profit', readNumber, 'operating_profit'),
    field('total_profit', readNumber),
    field('n_income', readNumber, 'net_profit'),
    field('n_income_attr_p', readNumber, 'net_profit_parent'),
    field('basic_eps', readNumber),
    field('diluted_eps', readNumber),
  ],
  items: INCOME_ITEMS,
});

export const balanceSheet = statementApi('balancesheet', 'balance', {
  pageRows: WHOLE_HISTORY_ROWS,
  figures: [
    field('total_assets', readNumber),
    field('total_liab', readNumber, 'total_liabilities'),
    field('total_hldr_eqy_inc_min_int', readNumber, 'total_equity'),
    field('total_hldr_eqy_exc_min_int', readNumber, 'parent_equity'),
    field('money_cap', readNumber, 'cash'),
  ],
  items: BALANCE_ITEMS,
});

export const cashFlow = statementApi('cashflow', 'cashflow', {
  pageRows: WHOLE_HISTORY_ROWS,
  figures: [
    field('n_cashflow_act', readNumber, 'operating_cash_flow'),
    field('n_cashflow_inv_act', readNumber, 'investing_cash_flow'),
    field('n_cash_flows_fnc_act', readNumber, 'financing_cash_flow'),
  ],
  items: CASHFLOW_ITEMS,
});

export const finaIndicator = statementApi('fina_indicator', 'indicators', {
  pageRows: 100,
  figures: [
    field('eps', readNumber, 'basic_eps'),
    field('dt_eps', readNumber, 'diluted_eps'),
    field('roe_waa', readNumber, 'roe'),
    field('roa', readNumber),
    field('grossprofit_margin', readNumber, 'gross_margin'),
    field('netprofit_margin', readNumber, 'net_margin'),
    field('debt_to_assets', readNumber),
    field('current_ratio', readNumber),
    field('quick_ratio', readNumber),
    field('bps', readNumber),
    field('ocfps', readNumber),
    field('tr_yoy', readNumber, 'revenue_yoy'),
    field('netprofit_yoy', readNumber, 'net_profit_yoy'),
  ],
  items: INDICATOR_ITEMS,
});

export const STATEMENTS: readonly TushareApi[] = [income, balanceSheet, cashFlow, finaIndicator];

/** The columns of all statements together: each row has those of its own, and null in the others. */
export const STATEMENT_COLUMNS: readonly string[] = [...new Set(STATEMENTS.flatMap(columnsOf))];
