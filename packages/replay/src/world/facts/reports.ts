import { addDays, disclosureDeadline, type PlainDay, quarterCalendar, type Symbol } from '@tapekeeper/core';
import type { Facts, Report } from '../facts.ts';
import { drawsOf, wholeOf } from './draws.ts';
import type { Market } from './market.ts';
import { plannedAnnouncement } from './reportDays.ts';
import { figuresOf, yearBefore } from './reportFigures.ts';

/** Years before the bars for which there are reports too. */
const YEARS_BEFORE = 2;
/** How many reports are corrected later. */
const RESTATED = 0.06;

/** Reports of every quarter that ended while a stock was listed, from two years before the bars on. */
export function reportsOf(market: Market, seed: number, shares: Facts['shares']): Facts['reports'] {
  const made = new Map<Symbol, readonly Report[]>();
  return (symbol) => {
    let reports = made.get(symbol);
    if (reports === undefined) {
      reports = makeReports(market, seed, symbol, shares);
      made.set(symbol, reports);
    }
    return reports;
  };
}

function makeReports(
  market: Market,
  seed: number,
  symbol: Symbol,
  shares: Facts['shares'],
): readonly Report[] {
  const instrument = market.instrument(symbol);
  if (instrument === undefined) return [];
  const { listDate, delistDate } = instrument;
  const start =
    `${Number(market.firstDay.slice(0, 4)) - YEARS_BEFORE}${market.firstDay.slice(4)}` as PlainDay;
  const periods = quarterCalendar().tradingDays(start > listDate ? start : listDate, market.lastDay);
  const isOut = (day: PlainDay): boolean =>
    day <= market.lastDay && (delistDate === undefined || day < delistDate);

  const reports = periods.flatMap((period) => {
    const announced = plannedAnnouncement(market, seed, symbol, period);
    if (!isOut(announced)) return [];
    const { total, float } = shares(symbol, period);
    const figures = (revision: number): Omit<Report, 'period' | 'announced' | 'update'> => ({
      ...figuresOf(seed, symbol, period, {
        total,
        revision,
        hasYearBefore: periods.includes(yearBefore(period)),
      }),
      totalShare: total,
      floatShare: float,
    });
    const first: Report = { period, announced, update: 0, ...figures(0) };
    const corrected = correctionDay(market, seed, symbol, period);
    return corrected === undefined || !isOut(corrected)
      ? [first]
      : [first, { period, announced: corrected, update: 1 as const, ...figures(1) }];
  });
  return reports.sort(
    (a, b) => compare(a.announced, b.announced) || a.update - b.update || compare(a.period, b.period),
  );
}

/** A trading day some weeks after the deadline. */
function correctionDay(market: Market, seed: number, symbol: Symbol, period: PlainDay): PlainDay | undefined {
  const draw = drawsOf(seed, 'correction', symbol, period);
  if (draw() >= RESTATED) return undefined;
  const day = addDays(disclosureDeadline(period), 10 + wholeOf(draw, 150));
  return market.openDays[market.openIndex(day)];
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
