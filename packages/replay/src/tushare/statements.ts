import { parseSymbol, type Symbol } from '@tapekeeper/core';
import type { Facts, Report } from '../world/facts.ts';
import type { TushareApi } from './api.ts';
import { type Cell, compact, listApi } from './listApi.ts';
import { dayParam, listParam, type Params, requiredParam } from './question.ts';

interface StatementRow extends Report {
  readonly symbol: Symbol;
}

type Figures = Readonly<Record<string, (report: Report) => Cell>>;

const INCOME: Figures = {
  basic_eps: ({ basicEps }) => basicEps,
  total_revenue: ({ revenue }) => revenue,
  revenue: ({ revenue }) => revenue,
  operate_profit: ({ operatingProfit }) => operatingProfit,
  total_profit: ({ totalProfit }) => totalProfit,
  n_income: ({ netProfit }) => netProfit,
  n_income_attr_p: ({ netProfitParent }) => netProfitParent,
};

const BALANCE: Figures = {
  total_share: ({ totalShare }) => totalShare,
  money_cap: ({ cash }) => cash,
  total_assets: ({ totalAssets }) => totalAssets,
  total_liab: ({ totalLiabilities }) => totalLiabilities,
  total_hldr_eqy_exc_min_int: ({ parentEquity }) => parentEquity,
  total_hldr_eqy_inc_min_int: ({ totalEquity }) => totalEquity,
};

const CASHFLOW: Figures = {
  net_profit: ({ netProfit }) => netProfit,
  n_cashflow_act: ({ operatingCashFlow }) => operatingCashFlow,
  n_cashflow_inv_act: ({ investingCashFlow }) => investingCashFlow,
  n_cash_flows_fnc_act: ({ financingCashFlow }) => financingCashFlow,
};

const INDICATORS: Figures = {
  eps: ({ basicEps }) => basicEps,
  bps: ({ bps }) => bps,
  current_ratio: ({ currentRatio }) => currentRatio,
  quick_ratio: ({ quickRatio }) => quickRatio,
  netprofit_margin: ({ netMargin }) => netMargin,
  grossprofit_margin: ({ grossMargin }) => grossMargin,
  roe: ({ roe }) => roe,
  roe_waa: ({ roe }) => roe,
  debt_to_assets: ({ debtToAssets }) => debtToAssets,
  tr_yoy: ({ revenueYoy }) => revenueYoy,
  or_yoy: ({ revenueYoy }) => revenueYoy,
  netprofit_yoy: ({ netProfitYoy }) => netProfitYoy,
};

/** The four interfaces of reports; of Tushare's hundreds of items they have those that the reports tell of. */
export function statementApis(facts: Facts, cap: (name: string) => number): readonly TushareApi[] {
  return [
    statementApi(facts, 'income', cap('income'), INCOME),
    statementApi(facts, 'balancesheet', cap('balancesheet'), BALANCE),
    statementApi(facts, 'cashflow', cap('cashflow'), CASHFLOW),
    indicatorApi(facts, cap('fina_indicator')),
  ];
}

/** Days of the question are those of announcements. */
function statementApi(facts: Facts, name: string, cap: number, figures: Figures): TushareApi {
  return listApi<StatementRow>({
    name,
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      ann_date: ({ announced }) => compact(announced),
      f_ann_date: ({ announced }) => compact(announced),
      end_date: ({ period }) => compact(period),
      report_type: () => '1',
      comp_type: () => '1',
      end_type: ({ period }) => String(Number(period.slice(5, 7)) / 3),
      ...figures,
      update_flag: ({ update }) => String(update),
    },
    rows(params) {
      if (!(listParam(params, 'report_type')?.includes('1') ?? true)) return [];
      return reportsOf(facts, params, ({ announced }) => announced);
    },
  });
}

/** Days of the question are those of periods. */
function indicatorApi(facts: Facts, cap: number): TushareApi {
  return listApi<StatementRow>({
    name: 'fina_indicator',
    cap,
    columns: {
      ts_code: ({ symbol }) => symbol,
      ann_date: ({ announced }) => compact(announced),
      end_date: ({ period }) => compact(period),
      ...INDICATORS,
      update_flag: ({ update }) => String(update),
    },
    hidden: ['or_yoy', 'update_flag'],
    rows: (params) => reportsOf(facts, params, ({ period }) => period),
  });
}

function reportsOf(facts: Facts, params: Params, dayOf: (report: Report) => string): StatementRow[] {
  const symbol = parseSymbol(requiredParam(params, 'ts_code'));
  if (symbol === undefined) return [];
  const period = dayParam(params, 'period');
  const announced = dayParam(params, 'ann_date') ?? dayParam(params, 'f_ann_date');
  const from = dayParam(params, 'start_date');
  const to = dayParam(params, 'end_date');
  return facts
    .reports(symbol)
    .filter(
      (report) =>
        (period === undefined || report.period === period) &&
        (announced === undefined || report.announced === announced) &&
        (from === undefined || dayOf(report) >= from) &&
        (to === undefined || dayOf(report) <= to),
    )
    .map((report) => ({ ...report, symbol }))
    .sort((one, other) => newer(one.period, other.period) || newer(one.announced, other.announced));
}

function newer(one: string, other: string): number {
  return one === other ? 0 : one > other ? -1 : 1;
}
