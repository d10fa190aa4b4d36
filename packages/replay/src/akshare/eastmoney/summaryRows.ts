import { type PlainDay } from '@tapekeeper/core';
import type { Report } from '../../world/facts.ts';
import type { Instrument } from '../../world/universe.ts';
import type { WebCall } from '../endpoint.ts';
import { rounded } from '../figures.ts';
import { codeOf } from '../spellings.ts';
import type { WebMarket } from '../webMarket.ts';
import { type Condition, type ReportRow, valuesOf } from './filter.ts';
import { midnight, tradeMarket } from './labels.ts';
import { latestReports, type LatestReport } from './latestReports.ts';

const QUARTER_NAMES = ['一季报', '半年报', '三季报', '年报'] as const;

/** One row for a stock and a period: the figures as last announced. */
export function summaryRows({ market }: WebCall, conditions: readonly Condition[]): readonly ReportRow[] {
  const codes = valuesOf(conditions, 'SECURITY_CODE');
  const periods = valuesOf(conditions, 'REPORTDATE')?.map((value) => value.slice(0, 10));
  return [...market.listed, ...market.delisted]
    .filter(({ symbol }) => codes === undefined || codes.includes(codeOf(symbol)))
    .flatMap((stock) => {
      const reports = latestReports(market.facts.reports(stock.symbol));
      const newest = reports[0]?.report.period;
      return reports
        .filter(({ report }) => periods === undefined || periods.includes(report.period))
        .map((latest) => rowOf(market, stock, latest, newest));
    });
}

function rowOf(
  market: WebMarket,
  stock: Instrument,
  { report, firstAnnounced }: LatestReport,
  newest: PlainDay | undefined,
): ReportRow {
  const { period } = report;
  const quarter = Math.ceil(Number(period.slice(5, 7)) / 3);
  const year = period.slice(0, 4);
  const industry = market.cell(stock, 'industry');
  const { code: marketCode, name: marketName } = tradeMarket(market.boardOf(stock.symbol), stock.symbol);
  return {
    SECURITY_CODE: codeOf(stock.symbol),
    SECURITY_NAME_ABBR: stock.name,
    TRADE_MARKET_CODE: marketCode,
    TRADE_MARKET: marketName,
    SECURITY_TYPE_CODE: '058001001',
    SECURITY_TYPE: 'A股',
    UPDATE_DATE: midnight(report.announced),
    REPORTDATE: midnight(period),
    BASIC_EPS: report.basicEps,
    DEDUCT_BASIC_EPS: null,
    TOTAL_OPERATE_INCOME: report.revenue,
    PARENT_NETPROFIT: report.netProfitParent,
    WEIGHTAVG_ROE: report.roe,
    YSTZ: report.revenueYoy,
    SJLTZ: report.netProfitYoy,
    BPS: report.bps,
    MGJYXJJE: cashFlowOfShare(report),
    XSMLL: report.grossMargin,
    YSHZ: null,
    SJLHZ: null,
    ASSIGNDSCRPT: null,
    PAYYEAR: null,
    PUBLISHNAME: industry === '' ? null : industry,
    ZXGXL: null,
    NOTICE_DATE: midnight(firstAnnounced),
    ORG_CODE: `1000${codeOf(stock.symbol)}`,
    TRADE_MARKET_ZJG: '0101',
    ISNEW: period === newest ? '1' : '0',
    QDATE: `${year}Q${quarter}`,
    DATATYPE: `${year}年 ${QUARTER_NAMES[quarter - 1]}`,
    DATAYEAR: year,
    DATEMMDD: QUARTER_NAMES[quarter - 1] ?? null,
    EITIME: `${report.announced} 18:30:00`,
    SECUCODE: stock.symbol,
    BOARD_NAME: industry === '' ? null : industry,
    ORI_BOARD_CODE: null,
    BOARD_CODE: null,
  };
}

function cashFlowOfShare({ operatingCashFlow, totalShare }: Report): number | null {
  return totalShare > 0 ? rounded(operatingCashFlow / totalShare, 12) : null;
}
