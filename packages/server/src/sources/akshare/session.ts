import { addDays, shanghaiDay, shanghaiInstant, type Instant, type PlainDay } from '@tapekeeper/core';

/** Trading days of a range, inclusive and ascending, from the calendar of whoever asks. */
export type TradingDays = (
  from: PlainDay,
  to: PlainDay,
) => readonly PlainDay[] | Promise<readonly PlainDay[]>;

/** Quotes of the day before stand until the opening auction begins. */
const AUCTION_MINUTES = 9 * 60 + 15;

/** Longer than any holiday. */
const LOOK_BACK_DAYS = 30;

/** The trading day that quotes without a date belong to: the last whose auction has begun; undefined without one. */
export async function quotedDay(tradingDays: TradingDays, now: Instant): Promise<PlainDay | undefined> {
  const today = shanghaiDay(now);
  const begun = now >= shanghaiInstant(today, AUCTION_MINUTES) ? today : addDays(today, -1);
  return (await tradingDays(addDays(begun, -LOOK_BACK_DAYS), begun)).at(-1);
}
