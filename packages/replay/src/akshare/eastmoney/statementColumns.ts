import type { Report } from '../../world/facts.ts';
import { percent, rounded } from '../figures.ts';

/** Balance sheet, income statement and statement of cash flows, by their names in the address. */
export type StatementId = 'zcfzb' | 'lrb' | 'xjllb';

/** 1 securities, 2 insurance, 3 bank, 4 all others. */
export type CompanyType = '1' | '2' | '3' | '4';

type Figures = Readonly<Record<string, number | null>>;

/**
 * The figures of a statement with their change against the year before in percent. Items that facts
 * do not tell of are null, as they are for companies that lack them.
 */
export function statementColumns(
  id: StatementId,
  type: CompanyType,
  report: Report,
  yearBefore: Report | undefined,
): Figures {
  const figures = FIGURES[id](type, report);
  const before: Figures = yearBefore === undefined ? {} : FIGURES[id](type, yearBefore);
  const changes = Object.entries(figures).map(([name, value]) => {
    const base = before[name] ?? null;
    const known = value !== null && base !== null && base !== 0;
    return [`${name}_YOY`, known ? rounded(percent(value - base, Math.abs(base)), 10) : null] as const;
  });
  return { ...figures, ...Object.fromEntries(changes) };
}

const FIGURES: Readonly<Record<StatementId, (type: CompanyType, report: Report) => Figures>> = {
  zcfzb: (type, report) => ({
    ...(type === '3' ? { CASH_DEPOSIT_PBC: report.cash } : { MONETARYFUNDS: report.cash }),
    ACCOUNTS_RECE: null,
    INVENTORY: null,
    FIXED_ASSET: null,
    TOTAL_ASSETS: report.totalAssets,
    TOTAL_LIABILITIES: report.totalLiabilities,
    TOTAL_PARENT_EQUITY: report.parentEquity,
    MINORITY_EQUITY: rounded(report.totalEquity - report.parentEquity, 2),
    TOTAL_EQUITY: report.totalEquity,
    TOTAL_LIAB_EQUITY: report.totalAssets,
  }),
  lrb: (type, report) => ({
    // Only general companies tell of a total beside the operating revenue.
    ...(type === '4' ? { TOTAL_OPERATE_INCOME: report.revenue } : {}),
    OPERATE_INCOME: report.revenue,
    OPERATE_PROFIT: report.operatingProfit,
    NONBUSINESS_INCOME: null,
    TOTAL_PROFIT: report.totalProfit,
    INCOME_TAX: rounded(report.totalProfit - report.netProfit, 2),
    NETPROFIT: report.netProfit,
    PARENT_NETPROFIT: report.netProfitParent,
    MINORITY_INTEREST: rounded(report.netProfit - report.netProfitParent, 2),
    BASIC_EPS: report.basicEps,
    DILUTED_EPS: report.basicEps,
  }),
  xjllb: (_, report) => ({
    SALES_SERVICES: null,
    NETCASH_OPERATE: report.operatingCashFlow,
    NETCASH_INVEST: report.investingCashFlow,
    NETCASH_FINANCE: report.financingCashFlow,
    CCE_ADD: rounded(report.operatingCashFlow + report.investingCashFlow + report.financingCashFlow, 2),
    END_CCE: report.cash,
  }),
};
