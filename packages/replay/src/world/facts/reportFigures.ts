import { plainDay, type PlainDay, type Symbol } from '@tapekeeper/core';
import type { Report } from '../facts.ts';
import { between, drawsOf } from './draws.ts';
import { rounded } from './rounding.ts';

export type Figures = Omit<Report, 'period' | 'announced' | 'update' | 'totalShare' | 'floatShare'>;

export interface FigureWish {
  /** Shares that earnings and books are spread over. */
  readonly total: number;
  /** 0 as first announced, 1 as corrected. */
  readonly revision: number;
  /** Whether there is a report of the year before to compare with. */
  readonly hasYearBefore: boolean;
}

const SEASONS = [0.22, 0.25, 0.24, 0.29];
const FIRST_YEAR = 1990;

/** The same quarter one year earlier. */
export function yearBefore(period: PlainDay): PlainDay {
  return plainDay(`${Number(period.slice(0, 4)) - 1}${period.slice(4)}`);
}

/** The report of a quarter: flows since the start of the year, stocks at its end; the sheet balances to the cent. */
export function figuresOf(seed: number, symbol: Symbol, period: PlainDay, wish: FigureWish): Figures {
  const firm = firmOf(seed, symbol);
  const draw = drawsOf(seed, 'report', symbol, period, wish.revision);
  const slip = wish.revision === 0 ? 1 : between(draw, 0.95, 1.04);
  const flows = flowsOf(seed, symbol, firm, period);
  const before = flowsOf(seed, symbol, firm, yearBefore(period));
  const revenue = cents(flows.revenue * slip);
  const netProfitParent = cents(flows.profit * slip * slip);
  const netProfit = cents(netProfitParent * between(draw, 1, 1.06));
  const totalProfit = cents(netProfit * between(draw, 1.1, 1.25));
  const totalAssets = cents(firm.assets * flows.scale * between(draw, 0.96, 1.04));
  const totalLiabilities = cents(totalAssets * Math.min(0.92, firm.debt * between(draw, 0.95, 1.05)));
  const totalEquity = cents(totalAssets - totalLiabilities);
  const parentEquity = cents(totalEquity * firm.parentShare);
  const operatingCashFlow = cents(netProfit * between(draw, -0.4, 2));
  const investingCashFlow = cents(-revenue * between(draw, -0.05, 0.2));
  return {
    revenue,
    operatingProfit: cents(totalProfit * between(draw, 0.95, 1.05)),
    totalProfit,
    netProfit,
    netProfitParent,
    basicEps: rounded(netProfitParent / wish.total, 4),
    totalAssets,
    totalLiabilities,
    totalEquity,
    parentEquity,
    cash: cents(totalAssets * between(draw, 0.05, 0.25)),
    operatingCashFlow,
    investingCashFlow,
    financingCashFlow: cents(-(operatingCashFlow + investingCashFlow) * between(draw, 0.2, 0.9)),
    roe: percent(netProfitParent / parentEquity),
    grossMargin: percent(firm.grossMargin * between(draw, 0.9, 1.1)),
    netMargin: percent(netProfit / revenue),
    debtToAssets: percent(totalLiabilities / totalAssets),
    currentRatio: rounded(between(draw, 0.8, 3.5), 4),
    quickRatio: rounded(between(draw, 0.4, 0.8), 4),
    bps: rounded(parentEquity / wish.total, 4),
    revenueYoy: wish.hasYearBefore ? percent(revenue / cents(before.revenue) - 1) : null,
    netProfitYoy: wish.hasYearBefore
      ? percent((netProfitParent - cents(before.profit)) / Math.abs(cents(before.profit)))
      : null,
  };
}

interface Firm {
  /** Revenue of a year at its start, in yuan. */
  readonly revenue: number;
  readonly growth: number;
  readonly margin: number;
  readonly grossMargin: number;
  readonly assets: number;
  readonly debt: number;
  readonly parentShare: number;
}

function firmOf(seed: number, symbol: Symbol): Firm {
  const draw = drawsOf(seed, 'firm', symbol);
  const revenue = 10 ** between(draw, 8.3, 10.6);
  const margin = between(draw, -0.04, 0.22);
  return {
    revenue,
    growth: between(draw, -0.01, 0.06),
    margin: Math.abs(margin) < 0.005 ? 0.01 : margin,
    grossMargin: between(draw, 0.08, 0.6),
    assets: revenue * between(draw, 1, 3),
    debt: between(draw, 0.15, 0.8),
    parentShare: between(draw, 0.88, 1),
  };
}

/** Revenue and profit since the start of the year, and how much the firm has grown by then. */
function flowsOf(
  seed: number,
  symbol: Symbol,
  firm: Firm,
  period: PlainDay,
): { readonly revenue: number; readonly profit: number; readonly scale: number } {
  const year = Number(period.slice(0, 4));
  const quarters = Number(period.slice(5, 7)) / 3;
  const scale = (1 + firm.growth) ** (year - FIRST_YEAR);
  let revenue = 0;
  let profit = 0;
  for (let quarter = 0; quarter < quarters; quarter += 1) {
    const draw = drawsOf(seed, 'quarter', symbol, year, quarter);
    const ofQuarter = firm.revenue * scale * SEASONS[quarter]! * between(draw, 0.85, 1.15);
    revenue += ofQuarter;
    profit += ofQuarter * firm.margin * between(draw, 0.7, 1.3);
  }
  return { revenue, profit, scale };
}

function cents(yuan: number): number {
  return rounded(yuan, 2);
}

function percent(ratio: number): number {
  return rounded(ratio * 100, 4);
}
