import { shanghaiDay, type Instant, type PlainDay } from '@tapekeeper/core';
import { readNumber, readText, type CellReader } from '../cell.ts';
import { field, type Complete, type TushareApi } from './api.ts';
import { readWallTime } from './wallTime.ts';

/** A price; zero stands for one that there is not yet. */
const price: CellReader = (cell) => {
  const value = readNumber(cell);
  return value === 0 ? null : value;
};

/** Nothing said of the turnover means that there was none. */
const turnover: CellReader = (cell) => {
  const value = readNumber(cell);
  return value === null ? 0 : value;
};

export const realtimeDay: TushareApi = {
  api: 'rt_k',
  dataset: 'quotes',
  pageRows: 6000,
  fields: [
    field('ts_code', readText, 'symbol'),
    field('open', price),
    field('high', price),
    field('low', price),
    field('pre_close', price),
    field('amount', turnover),
  ],
  beside: ['close', 'vol', 'trade_time'],
  derived: ['trade_date', 'quoted_at', 'last', 'volume'],
  passesOver: 'other_than_shares',
};

/** All A shares, as the interface spells it. */
export const ALL_SHARES = '6*.SH,0*.SZ,3*.SZ,9*.BJ';

/**
 * Quotes carry a time where the server gives one; else they count as of the time of asking. A stock
 * without a price has not traded, and has no quote.
 */
export function completeQuote(now: Instant): Complete {
  return (row, { get }) => {
    const quotedAt = quotedAtOf(get('trade_time'), now);
    const last = readNumber(get('close') ?? null);
    const raw = readNumber(get('vol') ?? null);
    if (quotedAt === undefined) return unreadable('trade_time cannot be read');
    if (last === undefined || raw === undefined) return unreadable('close or vol cannot be read');
    if (last === null || last === 0) return { kind: 'left_out' };
    const volume = sharesOf(raw ?? 0, Number(row.amount), last);
    if (volume === undefined) return unreadable('vol and amount do not fit the price');
    const tradeDate: PlainDay = shanghaiDay(quotedAt);
    return { kind: 'row', row: { ...row, trade_date: tradeDate, quoted_at: quotedAt, last, volume } };
  };
}

const CLOCK = /^\d{2}:\d{2}(?::\d{2})?$/;

/** Some servers write the time of day alone. */
function quotedAtOf(cell: unknown, now: Instant): Instant | undefined {
  const time = typeof cell === 'string' && CLOCK.test(cell) ? `${shanghaiDay(now)} ${cell}` : cell;
  const at = readWallTime(time);
  return at === null ? now : at;
}

/**
 * Volumes have been seen in shares, as documented, and in lots. The mean price of the day tells which:
 * it lies near the last price, or a hundred times above it.
 */
function sharesOf(volume: number, amount: number, last: number): number | undefined {
  if (volume === 0 && amount === 0) return 0;
  const ratio = amount / volume / last;
  const unit = ratio >= 0.1 && ratio < 10 ? 1 : ratio >= 10 && ratio < 1000 ? 100 : undefined;
  const shares = unit === undefined ? undefined : Math.round(volume * unit);
  return Number.isSafeInteger(shares) ? shares : undefined;
}

function unreadable(reason: string) {
  return { kind: 'unreadable', reason } as const;
}
