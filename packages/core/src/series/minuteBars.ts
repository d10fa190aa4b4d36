import type { Row } from '../dataset/dataset.ts';
import { SHANGHAI_OFFSET_MS, shanghaiInstant, type Instant, type PlainDay } from '../day.ts';
import { joinPrices, pricesOf, sumOf, type Prices } from './bars.ts';

/** Minutes that bars within a day may be read in; five is how they are kept. */
export const INTERVALS = [5, 15, 30, 60] as const;
export type Interval = (typeof INTERVALS)[number];

const MORNING = { from: 9 * 60 + 30, to: 11 * 60 + 30 };
const AFTERNOON = { from: 13 * 60, to: 15 * 60 };
const MORNING_MINUTES = MORNING.to - MORNING.from;
const SESSION_MINUTES = MORNING_MINUTES + AFTERNOON.to - AFTERNOON.from;
const DAY_MINUTES = 24 * 60;

/**
 * End of the longer bar that a five-minute bar belongs to, named by its own end. Bars at or before the
 * opening belong to the first one, bars after the close to the last.
 * @example intervalEnd(day, shanghaiInstant(day, 10 * 60 + 35), 30) // 11:00 of the day
 */
export function intervalEnd(day: PlainDay, at: Instant, interval: Interval): Instant {
  const minutes = ((at + SHANGHAI_OFFSET_MS) / 60_000) % DAY_MINUTES;
  const traded = Math.min(SESSION_MINUTES, Math.max(1, tradedMinutes(minutes)));
  const ended = Math.ceil(traded / interval) * interval;
  const minute = ended <= MORNING_MINUTES ? MORNING.from + ended : AFTERNOON.from + ended - MORNING_MINUTES;
  return shanghaiInstant(day, minute);
}

/** Minutes of trade from the opening to a wall time. */
function tradedMinutes(minutes: number): number {
  const morning = Math.min(minutes, MORNING.to) - MORNING.from;
  return morning + Math.max(0, minutes - AFTERNOON.from);
}

interface OpenBar {
  readonly symbol: string;
  readonly day: PlainDay;
  readonly end: Instant;
  readonly prices: Prices;
  readonly volume: number;
  readonly amount: number;
}

/** Makes longer bars of five-minute bars that come in the order of symbol and time, as rows. */
export interface IntervalBars {
  add(row: Row): Row | undefined;
  end(): Row | undefined;
}

/** @example intervalBars(60) */
export function intervalBars(interval: Interval): IntervalBars {
  let open: OpenBar | undefined;
  return {
    add(row) {
      const symbol = String(row['symbol']);
      const day = String(row['trade_date']) as PlainDay;
      const end = intervalEnd(day, Number(row['bar_time']), interval);
      const prices = pricesOf(row);
      const volume = Number(row['volume']);
      const amount = Number(row['amount']);
      if (open?.symbol === symbol && open.end === end) {
        open = {
          ...open,
          prices: joinPrices(open.prices, prices),
          volume: open.volume + volume,
          amount: sumOf(open.amount, amount),
        };
        return undefined;
      }
      const ended = open;
      open = { symbol, day, end, prices, volume, amount };
      return ended && rowOf(ended);
    },
    end() {
      const ended = open;
      open = undefined;
      return ended && rowOf(ended);
    },
  };
}

function rowOf({ symbol, day, end, prices, volume, amount }: OpenBar): Row {
  const { open, high, low, close } = prices;
  return { symbol, trade_date: day, bar_time: end, open, high, low, close, volume, amount };
}
