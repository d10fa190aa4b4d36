import { DATASETS, type Row } from '@tapekeeper/core';
import { readStored } from '../../app/read/readStored.ts';
import {
  dayOf,
  numberOf,
  pageOfCells,
  textOf,
  type BackApi,
  type Cell,
  type Cells,
  type Writers,
} from './api.ts';
import { anyOf, onDay, requireParam, withinDays } from './params.ts';

/** Which announcement of which report a row is. */
const IDENTITY: Writers = {
  ts_code: textOf('symbol'),
  ann_date: dayOf('ann_date'),
  f_ann_date: (row) => dayOf(row['f_ann_date'] === null ? 'ann_date' : 'f_ann_date')(row),
  end_date: dayOf('period'),
  report_type: textOf('report_type'),
  comp_type: textOf('company_type'),
  end_type: (row) => String(Number(String(row['period']).slice(5, 7)) / 3),
  update_flag: textOf('update_flag'),
};

interface Statement {
  readonly name: string;
  /** Our word for the statement. */
  readonly statement: string;
  readonly cap: number;
  /** Column that `start_date` and `end_date` are about. */
  readonly days: 'ann_date' | 'period';
  readonly identity: Writers;
  /** What rows of other sources have, under Tushare's names. */
  readonly figures: Readonly<Record<string, string>>;
}

const { ts_code, ann_date, end_date, update_flag } = IDENTITY as Record<string, Writers[string]>;
const INDICATOR_IDENTITY = { ts_code, ann_date, end_date, update_flag } as Writers;

const STATEMENTS: readonly Statement[] = [
  {
    name: 'income',
    statement: 'income',
    cap: 2000,
    days: 'ann_date',
    identity: IDENTITY,
    figures: {
      basic_eps: 'basic_eps',
      diluted_eps: 'diluted_eps',
      total_revenue: 'revenue',
      operate_profit: 'operating_profit',
      total_profit: 'total_profit',
      n_income: 'net_profit',
      n_income_attr_p: 'net_profit_parent',
    },
  },
  {
    name: 'balancesheet',
    statement: 'balance',
    cap: 2000,
    days: 'ann_date',
    identity: IDENTITY,
    figures: {
      money_cap: 'cash',
      total_assets: 'total_assets',
      total_liab: 'total_liabilities',
      total_hldr_eqy_exc_min_int: 'parent_equity',
      total_hldr_eqy_inc_min_int: 'total_equity',
    },
  },
  {
    name: 'cashflow',
    statement: 'cashflow',
    cap: 2000,
    days: 'ann_date',
    identity: IDENTITY,
    figures: {
      n_cashflow_act: 'operating_cash_flow',
      n_cashflow_inv_act: 'investing_cash_flow',
      n_cash_flows_fnc_act: 'financing_cash_flow',
    },
  },
  {
    name: 'fina_indicator',
    statement: 'indicators',
    cap: 100,
    days: 'period',
    identity: INDICATOR_IDENTITY,
    figures: {
      eps: 'basic_eps',
      dt_eps: 'diluted_eps',
      current_ratio: 'current_ratio',
      quick_ratio: 'quick_ratio',
      bps: 'bps',
      ocfps: 'ocfps',
      netprofit_margin: 'net_margin',
      grossprofit_margin: 'gross_margin',
      roe_waa: 'roe',
      roa: 'roa',
      debt_to_assets: 'debt_to_assets',
      netprofit_yoy: 'net_profit_yoy',
      tr_yoy: 'revenue_yoy',
    },
  },
];

export const STATEMENT_APIS: readonly BackApi[] = STATEMENTS.map(statementApi);

/**
 * Reports of one company. Rows that came from Tushare have every item that it gave; those of other sources
 * have what is known of them in canonical columns.
 */
function statementApi({ name, statement, cap, days, identity, figures }: Statement): BackApi {
  return {
    name,
    cap,
    fields: [...new Set([...Object.keys(identity), ...Object.keys(figures)])],
    open: true,
    async read({ store }, params, page) {
      requireParam(params, 'ts_code');
      const isStatement = days === 'ann_date';
      const rows = await readStored(store, {
        dataset: 'financials',
        columns: [...DATASETS.financials.columns.map((column) => column.name), 'source'],
        filters: [
          { column: 'statement', anyOf: [statement] },
          ...anyOf(params, 'ts_code', 'symbol'),
          ...onDay(params, 'period'),
          ...onDay(params, 'ann_date'),
          ...withinDays(params, days),
          ...(isStatement ? onDay(params, 'f_ann_date') : []),
          ...(isStatement ? anyOf({ report_type: '1', ...params }, 'report_type') : []),
          ...(isStatement ? anyOf(params, 'comp_type', 'company_type') : []),
        ],
        asOf: null,
        newest: days,
        offset: page.offset,
        limit: page.limit + 1,
      });
      return pageOfCells(rows, page, (row) => cellsOfReport(row, identity, figures));
    },
  };
}

function cellsOfReport(row: Row, identity: Writers, figures: Statement['figures']): Cells {
  const items = row['source'] === 'tushare' ? itemsOf(row) : undefined;
  return (field) => {
    if (Object.hasOwn(identity, field)) return identity[field]?.(row);
    if (items !== undefined && Object.hasOwn(items, field)) return items[field] as Cell;
    const column = Object.hasOwn(figures, field) ? figures[field] : undefined;
    if (column === undefined) return undefined;
    return items === undefined ? numberOf(column)(row) : null;
  };
}

function itemsOf({ items }: Row): Readonly<Record<string, unknown>> | undefined {
  return typeof items === 'string' ? (JSON.parse(items) as Record<string, unknown>) : undefined;
}
