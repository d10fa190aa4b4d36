import type { Row } from '../dataset/dataset.ts';
import { SYMBOL_RULE } from './cellRules.ts';
import { numberIn, type RowRule } from './rule.ts';

const STATEMENTS: readonly unknown[] = ['income', 'balance', 'cashflow', 'indicators'];
const PROGRESS: readonly unknown[] = ['proposal', 'approved', 'implemented', 'cancelled'];

/** How far assets may lie from liabilities and equity together. */
const BALANCE_TOLERANCE = 0.01;

/** Rules of a row that belongs to one symbol and one quarter. */
export const REPORT_RULES: readonly RowRule[] = [
  SYMBOL_RULE,
  {
    id: 'off_quarter',
    action: 'refuse',
    text: { en: 'the period is the end of a quarter', zh: '报告期为季度末' },
    check: (_, { day }) => (day.isOpen ? undefined : `${day.day} ends no quarter`),
  },
  {
    id: 'announced_early',
    action: 'refuse',
    text: { en: 'nothing is announced before its period has ended', zh: '公告日不早于报告期末' },
    check: (row, { day }) => {
      const announced = row['ann_date'];
      return typeof announced === 'string' && announced < day.day
        ? `period ${day.day}, announced ${announced}`
        : undefined;
    },
  },
];

/** Rules of one statement. */
export const STATEMENT_RULES: readonly RowRule[] = [
  {
    id: 'unknown_statement',
    action: 'refuse',
    text: {
      en: 'the statement is income, balance, cashflow or indicators',
      zh: '报表为利润表、资产负债表、现金流量表或指标',
    },
    check: ({ statement }) => (STATEMENTS.includes(statement) ? undefined : `statement ${statement}`),
  },
  {
    id: 'assets_unbalanced',
    action: 'flag',
    text: { en: 'assets are liabilities and equity together', zh: '资产等于负债与权益之和' },
    check: unbalanced,
  },
];

/** Rules of one line of a dividend's progress. */
export const DIVIDEND_RULES: readonly RowRule[] = [
  {
    id: 'unknown_progress',
    action: 'refuse',
    text: {
      en: 'the progress is proposal, approved, implemented or cancelled',
      zh: '进度为预案、通过、实施或取消',
    },
    check: ({ progress }) => (PROGRESS.includes(progress) ? undefined : `progress ${progress}`),
  },
  {
    id: 'share_out_negative',
    action: 'refuse',
    text: { en: 'nothing that is shared out is negative', zh: '分红送转不为负' },
    check: (row) => {
      for (const column of ['cash', 'cash_after_tax', 'bonus', 'transfer'])
        if (numberIn(row, column) < 0) return `${column} ${row[column]}`;
      return undefined;
    },
  },
];

function unbalanced(row: Row): string | undefined {
  const assets = numberIn(row, 'total_assets');
  const sum = numberIn(row, 'total_liabilities') + numberIn(row, 'total_equity');
  return Math.abs(assets - sum) > Math.abs(assets) * BALANCE_TOLERANCE
    ? `assets ${assets}, liabilities and equity ${sum}`
    : undefined;
}
