import { SHANGHAI_OFFSET_MS, type PlainDay } from '@tapekeeper/core';
import { amountFactor, priceFactor, scaledText, volumeFactor } from '../faults/dataFaults.ts';
import type { DataFault } from '../faults/fault.ts';
import { multiply, padDecimals } from '../world/decimal.ts';
import type { Facts, MinuteBar } from '../world/facts.ts';
import type { Instrument } from '../world/universe.ts';
import { ADJUSTED_DECIMALS, PRICE_DECIMALS, type DaySeries } from './daySeries.ts';
import { codeOfSymbol, type Rows } from './question.ts';

/** Fields of a bar within a day. */
export const MINUTE_FIELDS: readonly string[] = [
  'date',
  'time',
  'code',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'amount',
  'adjustflag',
];

/** Five-minute bars that one bar of a frequency is made of. */
export const FIVES: Readonly<Record<string, number>> = { '5': 1, '15': 3, '30': 6, '60': 12 };

const FIVES_A_DAY = 48;

export interface MinuteQuestion {
  readonly instrument: Instrument;
  readonly frequency: string;
  readonly fields: readonly string[];
  readonly flag: string;
  readonly faults: readonly DataFault[];
  /** What prices of a day are multiplied with; undefined for raw ones. */
  readonly factorOf: ((day: PlainDay) => string) | undefined;
}

/** Bars of the traded days of a stock; days are made when a page asks for them. */
export function minuteRows(series: DaySeries, facts: Facts, question: MinuteQuestion): Rows {
  const { instrument, frequency, fields, flag, faults, factorOf } = question;
  const { symbol } = instrument;
  const code = codeOfSymbol(symbol);
  const fives = FIVES[frequency]!;
  const barsADay = FIVES_A_DAY / fives;
  const read = series.reader(['tradestatus', 'volume']);
  const days = series.days.filter((_, at) => {
    const [status, volume] = read(at);
    return status === '1' && Number(volume) > 0;
  });

  const writeBar = (day: PlainDay, bars: readonly MinuteBar[]): string => {
    const factor = factorOf?.(day);
    const price = (yuan: number): string => {
      const text =
        factor === undefined
          ? yuan.toFixed(PRICE_DECIMALS)
          : multiply(String(yuan), factor, ADJUSTED_DECIMALS);
      return scaledText(text, priceFactor(faults, symbol, day));
    };
    const volume = bars.reduce((sum, bar) => sum + bar.volume, 0);
    const amount = bars.reduce((sum, bar) => sum + bar.amount, 0);
    const texts: Readonly<Record<string, string>> = {
      date: day,
      time: wallTime(bars.at(-1)!.at),
      code,
      open: price(bars[0]!.open),
      high: price(Math.max(...bars.map(({ high }) => high))),
      low: price(Math.min(...bars.map(({ low }) => low))),
      close: price(bars.at(-1)!.close),
      volume: scaledText(String(volume), volumeFactor(faults, symbol)),
      amount: scaledText(padDecimals(amount.toFixed(2), 4), amountFactor(faults, day)),
      adjustflag: flag,
    };
    return JSON.stringify(fields.map((name) => texts[name]!));
  };

  return {
    total: days.length * barsADay,
    write(from, to) {
      const rows: string[] = [];
      const end = Math.min(to, days.length * barsADay);
      for (let at = Math.floor(from / barsADay); at * barsADay < end; at += 1) {
        const day = days[at]!;
        const bars = facts.minuteBars(symbol, day);
        for (let bar = 0; bar < barsADay; bar += 1) {
          const place = at * barsADay + bar;
          if (place < from || place >= end) continue;
          rows.push(writeBar(day, bars.slice(bar * fives, (bar + 1) * fives)));
        }
      }
      return rows;
    },
  };
}

/** `20240102103000000`: the wall time of Shanghai to the millisecond. */
function wallTime(at: number): string {
  return new Date(at + SHANGHAI_OFFSET_MS).toISOString().replaceAll(/\D/g, '');
}
