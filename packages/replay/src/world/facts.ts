import type { PlainDay, Symbol } from '@tapekeeper/core';

/**
 * What upstreams serve beside lists, daily bars and factors, in canonical units (yuan, shares, percent,
 * epoch milliseconds). Every value has so few decimals that each protocol can write it in its own units
 * without loss, so that what comes back through any of them is the same.
 */
export interface Facts {
  readonly indices: readonly IndexFact[];
  /** Bars of an index, ascending, both days included; none for what is no index. */
  indexBars(symbol: Symbol, from: PlainDay, to: PlainDay): readonly IndexBar[];
  /** The 48 five-minute bars of a traded day: they open, close, reach and sum up to the daily bar. */
  minuteBars(symbol: Symbol, day: PlainDay): readonly MinuteBar[];
  /** Reports of a stock in the order of announcement, restated ones behind. */
  reports(symbol: Symbol): readonly Report[];
  /** Dividends of a stock in the order of periods; each is proposed, and most are carried out. */
  dividends(symbol: Symbol): readonly DividendFact[];
  /** Stocks that are suspended, or resume, on a trading day. */
  suspensions(day: PlainDay): readonly SuspensionFact[];
  /** Limits of a listed stock on a trading day; undefined on the first five days, which have none. */
  limits(symbol: Symbol, day: PlainDay): { readonly up: number; readonly down: number } | undefined;
  /** Names of a stock, ascending by their first day. */
  names(symbol: Symbol): readonly NameFact[];
  /** Shares of a stock on a day. */
  shares(symbol: Symbol, day: PlainDay): { readonly total: number; readonly float: number };
  /** News of a day of the calendar, ascending by time. */
  news(day: PlainDay): readonly NewsFact[];
  /** Announcements of a day of the calendar. */
  announcements(day: PlainDay): readonly AnnouncementFact[];
}

export interface IndexFact {
  readonly symbol: Symbol;
  readonly name: string;
  readonly fullName: string;
  readonly publisher: string;
  readonly category: string;
  readonly baseDate: PlainDay;
  readonly basePoint: number;
  readonly listDate: PlainDay;
}

export interface IndexBar {
  readonly day: PlainDay;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly preClose: number;
  /** A whole number of lots of 100 shares. */
  readonly volume: number;
  /** A whole number of thousands of yuan. */
  readonly amount: number;
}

export interface MinuteBar {
  /** End of the bar, epoch milliseconds. */
  readonly at: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** A whole number of lots, but for the odd shares of the day in the last bar. */
  readonly volume: number;
  readonly amount: number;
}

/** One announcement of a report; figures in yuan with at most two decimals, ratios in percent with at most four. */
export interface Report {
  readonly period: PlainDay;
  readonly announced: PlainDay;
  /** 1 where it corrects an earlier announcement of the same period. */
  readonly update: 0 | 1;
  readonly revenue: number;
  readonly operatingProfit: number;
  readonly totalProfit: number;
  readonly netProfit: number;
  readonly netProfitParent: number;
  readonly basicEps: number;
  readonly totalAssets: number;
  readonly totalLiabilities: number;
  readonly totalEquity: number;
  readonly parentEquity: number;
  readonly cash: number;
  readonly operatingCashFlow: number;
  readonly investingCashFlow: number;
  readonly financingCashFlow: number;
  readonly roe: number;
  readonly grossMargin: number;
  readonly netMargin: number;
  readonly debtToAssets: number;
  readonly currentRatio: number;
  readonly quickRatio: number;
  readonly bps: number;
  readonly revenueYoy: number | null;
  readonly netProfitYoy: number | null;
  readonly totalShare: number;
  readonly floatShare: number;
}

export interface DividendFact {
  readonly period: PlainDay;
  readonly announced: PlainDay;
  /** Yuan a share before tax. */
  readonly cash: number;
  /** Shares a share. */
  readonly bonus: number;
  readonly transfer: number;
  /** Undefined while it is only a proposal. */
  readonly carriedOut:
    | {
        readonly announced: PlainDay;
        readonly recordDay: PlainDay;
        readonly exDay: PlainDay;
        readonly payDay: PlainDay;
      }
    | undefined;
}

export interface SuspensionFact {
  readonly symbol: Symbol;
  readonly type: 'S' | 'R';
  readonly reason: string;
}

export interface NameFact {
  readonly name: string;
  readonly from: PlainDay;
  /** Last day of the name; undefined while it lasts. */
  readonly to: PlainDay | undefined;
  readonly announced: PlainDay;
  readonly reason: string;
}

export interface NewsFact {
  readonly id: string;
  readonly at: number;
  readonly title: string;
  readonly content: string;
  readonly url: string;
  readonly channel: string;
  readonly symbols: readonly Symbol[];
}

export interface AnnouncementFact {
  readonly id: string;
  readonly symbol: Symbol;
  readonly name: string;
  readonly day: PlainDay;
  readonly at: number;
  readonly title: string;
  readonly type: string;
  readonly url: string;
}
