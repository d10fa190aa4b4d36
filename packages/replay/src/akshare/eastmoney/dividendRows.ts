import type { DividendFact, Report } from '../../world/facts.ts';
import type { Instrument } from '../../world/universe.ts';
import type { WebCall } from '../endpoint.ts';
import { rounded } from '../figures.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { type Condition, type ReportRow, valuesOf } from './filter.ts';
import { midnight } from './labels.ts';
import { latestReports } from './latestReports.ts';

const CARRIED_OUT = '实施分配';
const PROPOSED = '董事会决议通过';
/** Ratios are told for ten shares. */
const TEN = 10;

/** One row for a stock and a period, with the state that its dividend has come to. */
export function dividendRows({ market }: WebCall, conditions: readonly Condition[]): readonly ReportRow[] {
  const codes = valuesOf(conditions, 'SECURITY_CODE');
  const periods = valuesOf(conditions, 'REPORT_DATE')?.map((value) => value.slice(0, 10));
  return [...market.listed, ...market.delisted]
    .filter(({ symbol }) => codes === undefined || codes.includes(codeOf(symbol)))
    .flatMap((stock) =>
      market.facts
        .dividends(stock.symbol)
        .filter(({ period }) => periods === undefined || periods.includes(period))
        .map((dividend) => rowOf(market, stock, dividend)),
    );
}

function rowOf(market: WebMarket, stock: Instrument, dividend: DividendFact): ReportRow {
  const { period, announced, cash, bonus, transfer, carriedOut } = dividend;
  const report: Report | undefined = latestReports(market.facts.reports(stock.symbol)).find(
    (latest) => latest.report.period === period,
  )?.report;
  return {
    SECUCODE: stock.symbol,
    SECURITY_NAME_ABBR: stock.name,
    SECURITY_INNER_CODE: `1000${codeOf(stock.symbol)}`,
    SECURITY_TYPE_CODE: '058001001',
    SECURITY_CODE: codeOf(stock.symbol),
    BONUS_IT_RATIO: forTen(bonus + transfer),
    BONUS_RATIO: forTen(bonus),
    IT_RATIO: forTen(transfer),
    PRETAX_BONUS_RMB: forTen(cash),
    PLAN_NOTICE_DATE: midnight(announced),
    EQUITY_RECORD_DATE: carriedOut === undefined ? null : midnight(carriedOut.recordDay),
    EX_DIVIDEND_DATE: carriedOut === undefined ? null : midnight(carriedOut.exDay),
    REPORT_DATE: midnight(period),
    ASSIGN_PROGRESS: carriedOut === undefined ? PROPOSED : CARRIED_OUT,
    IMPL_PLAN_PROFILE: profileOf(dividend),
    NOTICE_DATE: midnight(carriedOut?.announced ?? announced),
    D10_CLOSE_ADJCHRATE: null,
    BD10_CLOSE_ADJCHRATE: null,
    D30_CLOSE_ADJCHRATE: null,
    BASIC_EPS: report?.basicEps ?? null,
    BVPS: report?.bps ?? null,
    PER_CAPITAL_RESERVE: null,
    PER_UNASSIGN_PROFIT: null,
    PNP_YOY_RATIO: report?.netProfitYoy ?? null,
    TOTAL_SHARES: report?.totalShare ?? market.facts.shares(stock.symbol, period).total,
    PUBLISH_DATE: midnight(announced),
    DIVIDENT_RATIO: null,
    MARKET_TYPE: '沪深A股',
    IS_UNASSIGN: '0',
    EX_DIVIDEND_DAYS: null,
  };
}

function forTen(ratio: number): number | null {
  return ratio > 0 ? rounded(ratio * TEN, 8) : null;
}

/** `10送1.00转4.00派3.60元(含税)`. */
function profileOf({ cash, bonus, transfer }: DividendFact): string {
  const part = (name: string, ratio: number, unit = ''): string =>
    ratio > 0 ? `${name}${(ratio * TEN).toFixed(2)}${unit}` : '';
  const parts = part('送', bonus) + part('转', transfer) + part('派', cash, '元(含税)');
  return parts === '' ? '不分配不转增' : `10${parts}`;
}
