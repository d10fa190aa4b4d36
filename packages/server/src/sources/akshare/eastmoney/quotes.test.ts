import { plainDay, shanghaiInstant } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { serveAkshare, type AkshareReply } from '../../../../../../test/conformance/akshareStand.ts';
import { failureOf } from '../../../../../../test/conformance/failure.ts';
import { systemClock } from '../../../clock.ts';
import type { AskContext, Question } from '../../../ports/source.ts';

const FREE: AskContext = { signal: new AbortController().signal, beforeCall: async () => {} };
const DAY = plainDay('2024-01-05');
const QUOTES: Question = { shape: 'all', dataset: 'quotes', from: DAY, to: DAY };
const at = (minutes: number, day = DAY) => shanghaiInstant(day, minutes);
const NOON = at(12 * 60);

const QUOTE = {
  f2: 1445.5,
  f3: 1.87,
  f5: 20862,
  f6: 2990000000.5,
  f8: 0.17,
  f9: 29.16,
  f12: '600519',
  f13: 1,
  f15: 1450,
  f16: 1413.1,
  f17: 1413.1,
  f18: 1419,
  f20: 1815800000000,
  f21: 1815800000000,
  f23: 8.2,
  f124: at(15 * 60) / 1000,
};
const list = (...diff: object[]) => ({ rc: 0, data: { total: diff.length, diff } });

async function ask(reply: AkshareReply, now = NOON) {
  const { source } = await serveAkshare(() => reply);
  const { batches, unreadable } = await source({ clock: { ...systemClock, now: () => now } }).ask(
    QUOTES,
    FREE,
  );
  return { rows: batches[0]?.rows ?? [], unreadable };
}

describe('quotes of Eastmoney', () => {
  it('come in shares and yuan, with the time at which they were given', async () => {
    const { rows } = await ask(list(QUOTE));
    expect(rows).toEqual([
      {
        symbol: '600519.SH',
        trade_date: '2024-01-05',
        quoted_at: at(15 * 60),
        last: 1445.5,
        open: 1413.1,
        high: 1450,
        low: 1413.1,
        pre_close: 1419,
        volume: 2_086_200,
        amount: 2_990_000_000.5,
        pct_chg: 1.87,
        turnover_rate: 0.17,
        pe: 29.16,
        pb: 8.2,
        total_mv: 1_815_800_000_000,
        circ_mv: 1_815_800_000_000,
      },
    ]);
  });

  it('leave out suspended stocks and B shares, and set aside what cannot be read', async () => {
    const suspended = { ...QUOTE, f12: '600001', f2: '-', f17: '-' };
    const foreign = { ...QUOTE, f12: '900901' };
    const odd = { ...QUOTE, f12: '600002', f5: 'many' };
    const { rows, unreadable } = await ask(list(QUOTE, suspended, foreign, odd));
    expect([rows.length, unreadable.length]).toEqual([1, 1]);
  });

  it.each([
    ['before the auction to the trading day before', at(9 * 60 + 14, plainDay('2024-01-08')), 1],
    ['from the auction on to the day', at(9 * 60 + 15), 1],
    ['on another day to none that was asked for', at(9 * 60 + 15, plainDay('2024-01-08')), 0],
  ])('without a time of their own belong %s', async (_, now, count) => {
    expect((await ask(list({ ...QUOTE, f124: '-' }), now)).rows).toHaveLength(count);
  });

  it('of another day than asked for are left out', async () => {
    expect((await ask(list({ ...QUOTE, f124: at(15 * 60) / 1000 - 86_400 }))).rows).toEqual([]);
  });

  it.each([
    ['have no decimals', { ...QUOTE, f2: 144550, f15: 145000, f16: 141310, f17: 141310, f18: 141900 }],
    ['count shares for lots', { ...QUOTE, f5: 2_086_200 }],
  ])('that %s on a whole page are malformed', async (_, quote) => {
    expect((await failureOf(ask(list(quote)))).code).toBe('malformed');
  });

  it('that are all whole before any trade are malformed', async () => {
    const early = { ...QUOTE, f5: 0, f6: 0, f2: 144550 };
    const quotes = Array.from({ length: 12 }, (_, index) => ({ ...early, f12: `6005${index + 10}` }));
    expect((await failureOf(ask(list(...quotes)))).code).toBe('malformed');
    expect((await ask(list(...quotes.map((quote) => ({ ...quote, f2: 1445.51 }))))).rows).toHaveLength(12);
  });
});
