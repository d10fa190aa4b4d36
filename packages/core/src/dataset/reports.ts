import { plainDay } from '../day.ts';
import { day, figure, json, keyDay, name, shares, symbol, text } from './columns.ts';
import type { CellGrid, Dataset } from './dataset.ts';
import { STOCK_LISTS } from './lists.ts';

const STOCK_QUARTERS: CellGrid = { universe: 'stocks', scale: 'quarters' };
const FIRST_PERIOD = plainDay('1990-12-31');

/** Reports are due at their disclosure deadline, and restated within the quarter after it. */
const AT_DEADLINE = { finalFromMinutes: 20 * 60, settleDays: 1, due: 'disclosure' } as const;

const money = (column: string, about: string) => figure(column, 'yuan', 2, about);
const percent = (column: string, about: string) => figure(column, 'percent', 4, about);

export const financials: Dataset = {
  id: 'financials',
  title: { en: 'Financial reports', zh: '财务报告' },
  columns: [
    symbol,
    keyDay('period', 'end of the quarter that is reported'),
    name('statement', 'income, balance, cashflow or indicators'),
    keyDay('ann_date', 'day of the announcement: nothing of the row was known before'),
    name('report_type', '1 for consolidated; other numbers as Tushare has them'),
    name('update_flag', '1 where the row corrects an earlier one of the same announcement'),
    day('f_ann_date', 'day of the actual announcement, where it differs'),
    text('company_type', '1 general, 2 bank, 3 insurance, 4 securities'),
    money('revenue', 'operating revenue in all'),
    money('operating_profit', 'operating profit'),
    money('total_profit', 'profit before tax'),
    money('net_profit', 'net profit, minority interests included'),
    money('net_profit_parent', 'net profit that is due to the owners of the parent'),
    figure('basic_eps', 'yuan', 4, 'basic earnings per share'),
    figure('diluted_eps', 'yuan', 4, 'diluted earnings per share'),
    money('total_assets', 'all assets'),
    money('total_liabilities', 'all liabilities'),
    money('total_equity', 'equity, minority interests included'),
    money('parent_equity', 'equity that is due to the owners of the parent'),
    money('cash', 'money funds'),
    money('operating_cash_flow', 'net cash flow of operations'),
    money('investing_cash_flow', 'net cash flow of investments'),
    money('financing_cash_flow', 'net cash flow of financing'),
    percent('roe', 'return on equity, weighted'),
    percent('roa', 'return on assets'),
    percent('gross_margin', 'gross margin of sales'),
    percent('net_margin', 'net margin of sales'),
    percent('debt_to_assets', 'liabilities against assets'),
    figure('current_ratio', 'ratio', 4, 'current assets against current liabilities'),
    figure('quick_ratio', 'ratio', 4, 'the same without stocks'),
    figure('bps', 'yuan', 4, 'book value per share'),
    figure('ocfps', 'yuan', 4, 'operating cash flow per share'),
    percent('revenue_yoy', 'revenue against the same period of the year before'),
    percent('net_profit_yoy', 'net profit of the parent against the same period of the year before'),
    json('items', "every item of the statement under the source's own names and in its units"),
  ],
  key: ['symbol', 'period', 'statement', 'ann_date', 'report_type', 'update_flag'],
  kind: 'period',
  cells: STOCK_QUARTERS,
  finality: AT_DEADLINE,
  requires: STOCK_LISTS,
  firstDay: FIRST_PERIOD,
};

export const dividends: Dataset = {
  id: 'dividends',
  title: { en: 'Dividends', zh: '分红送股' },
  columns: [
    symbol,
    keyDay('period', 'end of the quarter that the dividend is for'),
    keyDay('ann_date', 'day of the first announcement'),
    name('progress', 'proposal, approved, implemented or cancelled'),
    figure('cash', 'yuan', 8, 'cash a share before tax'),
    figure('cash_after_tax', 'yuan', 8, 'cash a share after tax'),
    figure('bonus', 'ratio', 8, 'bonus shares a share'),
    figure('transfer', 'ratio', 8, 'shares a share out of reserves'),
    day('record_date', 'day of record'),
    day('ex_date', 'first day without the right'),
    day('pay_date', 'day of payment'),
    day('share_list_date', 'first day of trade of the new shares'),
    day('imp_ann_date', 'day of the announcement that it is carried out'),
    shares('base_shares', 'shares that it is reckoned on'),
  ],
  key: ['symbol', 'period', 'ann_date', 'progress'],
  sparse: true,
  kind: 'period',
  cells: STOCK_QUARTERS,
  finality: AT_DEADLINE,
  requires: STOCK_LISTS,
  firstDay: FIRST_PERIOD,
};
