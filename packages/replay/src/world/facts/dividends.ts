import { addDays, dayNumber, type PlainDay, plainDay, type Symbol } from '@tapekeeper/core';
import type { DividendFact, Facts } from '../facts.ts';
import type { Instrument } from '../universe.ts';
import { between, drawsOf, oneOf } from './draws.ts';
import type { Market } from './market.ts';
import { plannedAnnouncement } from './reportDays.ts';
import { rounded } from './rounding.ts';

/** An ex-day comes at least so many days after the proposal, and the end of its quarter before that. */
const PROPOSAL_DAYS = 30;
/** Trading days from the announcement that it is carried out to the ex-day. */
const NOTICE_DAYS = 6;
/** Years before the bars for which there are dividends too. */
const YEARS_BEFORE = 2;
/** Shares a share that are given, by the size of the factor's step. */
const SHARES_GIVEN = [0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2];
/** Steps up to this ratio are cash alone. */
const CASH_ONLY = 1.12;

/** Dividends behind the steps of the factors, some before the bars, and proposals that came to nothing. */
export function dividendsOf(market: Market, seed: number): Facts['dividends'] {
  const made = new Map<Symbol, readonly DividendFact[]>();
  return (symbol) => {
    let dividends = made.get(symbol);
    if (dividends === undefined) {
      const instrument = market.instrument(symbol);
      dividends = instrument === undefined ? [] : makeDividends(market, seed, instrument);
      made.set(symbol, dividends);
    }
    return dividends;
  };
}

function makeDividends(market: Market, seed: number, instrument: Instrument): readonly DividendFact[] {
  const taken = new Map<PlainDay, DividendFact>();
  const add = (dividend: DividendFact | undefined): void => {
    if (dividend !== undefined) taken.set(dividend.period, dividend);
  };
  // Newest first, so that the usual quarter goes to the usual time of the year.
  for (const step of stepsOf(market, instrument.symbol).toReversed()) {
    add(carriedOut(market, seed, instrument, step.exDay, shareOutOf(step), taken));
  }
  const firstYear = Number(market.firstDay.slice(0, 4));
  const lastYear = Number(market.lastDay.slice(0, 4));
  for (let year = firstYear - YEARS_BEFORE; year < lastYear; year += 1) {
    const period = plainDay(`${year}-12-31`);
    if (taken.has(period) || period < instrument.listDate || !isAlive(instrument, period)) continue;
    const draw = drawsOf(seed, 'dividend', instrument.symbol, year);
    const chance = draw();
    const cash = Math.ceil(between(draw, 0, 60)) / 100;
    const exDay = market.openDays[market.openIndex(plainDay(`${year + 1}-05-20`)) + Math.floor(draw() * 40)];
    if (exDay !== undefined && exDay < market.firstDay && chance < 0.6)
      add(carriedOut(market, seed, instrument, exDay, { cash, bonus: 0, transfer: 0 }, taken));
    else if (chance > 0.9) add(proposed(market, seed, instrument, period, cash));
  }
  return [...taken.values()].sort((a, b) => (a.period < b.period ? -1 : 1));
}

interface Step {
  readonly exDay: PlainDay;
  readonly ratio: number;
  readonly lastClose: number;
}

function stepsOf(market: Market, symbol: Symbol): readonly Step[] {
  const { days, texts } = market.factors(symbol);
  if (days.length < 2) return [];
  return days.slice(1).flatMap((exDay, index) => {
    const ratio = Number(texts[index + 1]) / Number(texts[index]);
    const before = market.lastBar(symbol, addDays(exDay, -1));
    // Factors may sink on the day of a rights issue or a correction; that is nothing shared out.
    return before === undefined || !(ratio > 1) ? [] : [{ exDay, ratio, lastClose: before.close }];
  });
}

type ShareOut = Pick<DividendFact, 'cash' | 'bonus' | 'transfer'>;

/** What makes a step: price falls from `close` to (close - cash) / (1 + shares). */
function shareOutOf({ ratio, lastClose }: Step): ShareOut {
  const shares = ratio <= CASH_ONLY ? 0 : (SHARES_GIVEN.findLast((given) => 1 + given <= ratio) ?? 0);
  const cash = Math.max(0, rounded(lastClose - (lastClose / ratio) * (1 + shares), 3));
  const bonus = shares > 0.5 ? 0.1 : 0;
  return { cash, bonus, transfer: rounded(shares - bonus, 2) };
}

function carriedOut(
  market: Market,
  seed: number,
  instrument: Instrument,
  exDay: PlainDay,
  shareOut: ShareOut,
  taken: ReadonlyMap<PlainDay, DividendFact>,
): DividendFact | undefined {
  const period = periodOf(exDay, taken);
  if (period === undefined) return undefined;
  const exIndex = market.openIndex(exDay);
  const planned = plannedAnnouncement(market, seed, instrument.symbol, period);
  const latest = addDays(exDay, -PROPOSAL_DAYS);
  const recordDay = market.openDays[exIndex - 1] ?? addDays(exDay, -1);
  return {
    period,
    announced: planned < latest ? planned : latest,
    ...shareOut,
    carriedOut: {
      announced: market.openDays[exIndex - NOTICE_DAYS] ?? addDays(exDay, -9),
      recordDay,
      exDay,
      payDay: exDay,
    },
  };
}

/** A dividend that never went further than its proposal; none while its time has not come. */
function proposed(
  market: Market,
  seed: number,
  { symbol, delistDate }: Instrument,
  period: PlainDay,
  cash: number,
): DividendFact | undefined {
  const announced = plannedAnnouncement(market, seed, symbol, period);
  if (announced > market.lastDay || (delistDate !== undefined && announced >= delistDate)) return undefined;
  const transfer = oneOf(drawsOf(seed, 'proposal', symbol, period), [0, 0, 0.4]);
  return { period, announced, cash, bonus: 0, transfer, carriedOut: undefined };
}

/** The year for ex-days from March to August, else the half year or the third quarter; each quarter once. */
function periodOf(exDay: PlainDay, taken: ReadonlyMap<PlainDay, DividendFact>): PlainDay | undefined {
  const year = Number(exDay.slice(0, 4));
  const month = Number(exDay.slice(5, 7));
  const usual = month < 3 ? `${year - 1}-09-30` : month < 9 ? `${year - 1}-12-31` : `${year}-06-30`;
  const others = [year, year - 1, year - 2].flatMap((each) =>
    ['12-31', '09-30', '06-30', '03-31'].map((end) => `${each}-${end}`),
  );
  const latest = dayNumber(exDay) - PROPOSAL_DAYS;
  return [usual, ...others].map(plainDay).find((period) => dayNumber(period) < latest && !taken.has(period));
}

function isAlive({ delistDate }: Instrument, day: PlainDay): boolean {
  return delistDate === undefined || day < delistDate;
}
