import type { PlainDay } from '@tapekeeper/core';
import { padDecimals, shiftPoint } from '../world/decimal.ts';
import type { Report } from '../world/facts.ts';
import type { World } from '../world/openWorld.ts';
import { type BaostockQuestion, codeOfSymbol, listed, readYear, symbolOfCode } from './question.ts';
import { BAOSTOCK_REFUSALS, RefusedQuestion } from './refusals.ts';

/** A report, with those that ratios over time need. */
interface Stated {
  readonly now: Report;
  readonly yearBefore: Report | undefined;
  readonly lastYearEnd: Report | undefined;
}

type Item = (stated: Stated) => string;

interface ReportTable {
  readonly method: string;
  readonly requestType: string;
  /** Columns behind code, day of publication and end of the quarter. */
  readonly items: Readonly<Record<string, Item>>;
}

const DECIMALS = 6;
const missing: Item = () => '';

/** A value that the facts hold exactly. */
const exact =
  (pick: (report: Report) => number, decimals = DECIMALS): Item =>
  ({ now }) =>
    padDecimals(String(pick(now)), decimals);

/** A percentage as the fraction that the server writes. */
const fraction =
  (pick: (report: Report) => number | null): Item =>
  ({ now }) => {
    const percent = pick(now);
    return percent === null ? '' : padDecimals(shiftPoint(String(percent), -2), DECIMALS);
  };

const ratio =
  (top: (report: Report) => number, bottom: (report: Report) => number): Item =>
  ({ now }) =>
    quotient(top(now), bottom(now));

const growth =
  (pick: (report: Report) => number): Item =>
  ({ now, yearBefore }) =>
    yearBefore === undefined ? '' : quotient(pick(now) - pick(yearBefore), Math.abs(pick(yearBefore)));

const TABLES: readonly ReportTable[] = [
  {
    method: 'query_profit_data',
    requestType: '17',
    items: {
      roeAvg: fraction(({ roe }) => roe),
      npMargin: fraction(({ netMargin }) => netMargin),
      gpMargin: fraction(({ grossMargin }) => grossMargin),
      netProfit: exact(({ netProfit }) => netProfit),
      epsTTM: lastTwelveMonths,
      MBRevenue: exact(({ revenue }) => revenue),
      totalShare: exact(({ totalShare }) => totalShare, 2),
      liqaShare: exact(({ floatShare }) => floatShare, 2),
    },
  },
  {
    method: 'query_operation_data',
    requestType: '19',
    items: {
      NRTurnRatio: missing,
      NRTurnDays: missing,
      INVTurnRatio: missing,
      INVTurnDays: missing,
      CATurnRatio: missing,
      AssetTurnRatio: assetTurns,
    },
  },
  {
    method: 'query_growth_data',
    requestType: '21',
    items: {
      YOYEquity: growth(({ parentEquity }) => parentEquity),
      YOYAsset: growth(({ totalAssets }) => totalAssets),
      YOYNI: growth(({ netProfit }) => netProfit),
      YOYEPSBasic: growth(({ basicEps }) => basicEps),
      YOYPNI: fraction(({ netProfitYoy }) => netProfitYoy),
    },
  },
  {
    method: 'query_dupont_data',
    requestType: '23',
    items: {
      dupontROE: fraction(({ roe }) => roe),
      dupontAssetStoEquity: ratio(
        ({ totalAssets }) => totalAssets,
        ({ parentEquity }) => parentEquity,
      ),
      dupontAssetTurn: assetTurns,
      dupontPnitoni: ratio(
        ({ netProfitParent }) => netProfitParent,
        ({ netProfit }) => netProfit,
      ),
      dupontNitogr: fraction(({ netMargin }) => netMargin),
      dupontTaxBurden: ratio(
        ({ netProfit }) => netProfit,
        ({ totalProfit }) => totalProfit,
      ),
      dupontIntburden: missing,
      dupontEbittogr: missing,
    },
  },
  {
    method: 'query_balance_data',
    requestType: '25',
    items: {
      currentRatio: exact(({ currentRatio }) => currentRatio),
      quickRatio: exact(({ quickRatio }) => quickRatio),
      cashRatio: missing,
      YOYLiability: growth(({ totalLiabilities }) => totalLiabilities),
      liabilityToAsset: fraction(({ debtToAssets }) => debtToAssets),
      assetToEquity: ratio(
        ({ totalAssets }) => totalAssets,
        ({ totalEquity }) => totalEquity,
      ),
    },
  },
  {
    method: 'query_cash_flow_data',
    requestType: '27',
    items: {
      CAToAsset: missing,
      NCAToAsset: missing,
      tangibleAssetToAsset: missing,
      ebitToInterest: missing,
      CFOToOR: ratio(
        ({ operatingCashFlow }) => operatingCashFlow,
        ({ revenue }) => revenue,
      ),
      CFOToNP: ratio(
        ({ operatingCashFlow }) => operatingCashFlow,
        ({ netProfit }) => netProfit,
      ),
      CFOToGr: ratio(
        ({ operatingCashFlow }) => operatingCashFlow,
        ({ revenue }) => revenue,
      ),
    },
  },
];

/** The six interfaces about the figures of one quarter: one row, as first announced, or none. */
export function reportQuestions(world: World): readonly BaostockQuestion[] {
  return TABLES.map((table) => reportQuestion(world, table));
}

function reportQuestion(
  { baostock, facts }: World,
  { method, requestType, items }: ReportTable,
): BaostockQuestion {
  const writers = Object.values(items);
  return {
    method,
    requestType,
    replyType: String(Number(requestType) + 1),
    params: ['code', 'year', 'quarter'],
    fields: ['code', 'pubDate', 'statDate', ...Object.keys(items)].join(','),
    packed: false,
    answer([code = '', yearText = '', quarter = '']) {
      const symbol = symbolOfCode(code);
      const period = quarterEnd(readYear(yearText), quarter);
      const reports = baostock.instrument(symbol) === undefined ? [] : facts.reports(symbol);
      const first = (end: string): Report | undefined => reports.find((report) => report.period === end);
      const now = first(period);
      if (now === undefined) return listed([], () => []);
      const year = Number(period.slice(0, 4)) - 1;
      const stated = {
        now,
        yearBefore: first(`${year}${period.slice(4)}`),
        lastYearEnd: first(`${year}-12-31`),
      };
      const row = [codeOfSymbol(symbol), now.announced, period, ...writers.map((write) => write(stated))];
      return listed([row], (cells) => cells);
    },
  };
}

const QUARTER_ENDS: Readonly<Record<string, string>> = {
  '1': '03-31',
  '2': '06-30',
  '3': '09-30',
  '4': '12-31',
};

function quarterEnd(year: string, quarter: string): PlainDay {
  const end = QUARTER_ENDS[quarter];
  if (end === undefined) throw new RefusedQuestion(BAOSTOCK_REFUSALS.badParameter);
  return `${year}-${end}` as PlainDay;
}

/** Earnings of the last four quarters a share. */
function lastTwelveMonths({ now, yearBefore, lastYearEnd }: Stated): string {
  const rest = (lastYearEnd?.netProfitParent ?? NaN) - (yearBefore?.netProfitParent ?? NaN);
  const profit = now.netProfitParent + (now.period.endsWith('12-31') ? 0 : rest);
  return quotient(profit, now.totalShare);
}

/** Revenue against the mean of the assets at both ends of the year so far. */
function assetTurns({ now, lastYearEnd }: Stated): string {
  return quotient(now.revenue, (now.totalAssets + (lastYearEnd ?? now).totalAssets) / 2);
}

function quotient(top: number, bottom: number): string {
  const value = top / bottom;
  return Number.isFinite(value) ? value.toFixed(DECIMALS) : '';
}
