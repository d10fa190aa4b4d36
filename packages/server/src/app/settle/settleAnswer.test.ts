import {
  Bitmap,
  builtinCalendar,
  plainDay,
  symbolOf,
  type DatasetId,
  type Listing,
  type PlainDay,
  type Row,
} from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../ports/source.ts';
import type { Item } from '../../ports/runStore.ts';
import type { Market } from '../market.ts';
import { settleAnswer, type SettleInput } from './settleAnswer.ts';

const day = plainDay;
const [FIRST, SECOND, THIRD, FOURTH] = [
  day('2024-01-04'),
  day('2024-01-05'),
  day('2024-01-08'),
  day('2024-01-09'),
];
const SYMBOLS = ['600001.SH', '000002.SZ', '300003.SZ'];
const LISTINGS: readonly Listing[] = SYMBOLS.map((text, at) => ({
  instrumentId: at + 1,
  symbol: symbolOf(text),
  listDate: day('2020-01-02'),
  delistDate: null,
}));
const MARKET: Market = {
  calendar: builtinCalendar(),
  tradingDays: builtinCalendar(),
  severalRowsACell: false,
  aliases: new Map(),
  listings: LISTINGS,
  bySymbol: new Map(LISTINGS.map((listing) => [listing.symbol, listing])),
  byId: new Map(LISTINGS.map((listing) => [listing.instrumentId, listing])),
};

const bar = (symbol: string, trade_date: PlainDay, more: Row = {}): Row => ({
  symbol,
  trade_date,
  open: 10,
  high: 11,
  low: 9,
  close: 10,
  pre_close: 10,
  volume: 100,
  amount: 1000,
  ...more,
});
const indicator = (symbol: string, trade_date: PlainDay): Row => ({ symbol, trade_date, pe: 10 });

function answer(rows: readonly Row[], rest: Partial<Answer> = {}, dataset: DatasetId = 'daily_bars'): Answer {
  const columns = Object.keys(rows[0] ?? {});
  return {
    batches: [{ dataset, columns, rows }],
    suspended: [],
    unreadable: [],
    calls: 1,
    bytes: 7,
    ...rest,
  };
}

const item = (shape: Item['shape'], rest: Partial<Item>): Item => ({
  no: 1,
  source: 'tushare',
  shape,
  from: FIRST,
  to: FIRST,
  instrumentId: null,
  members: null,
  attempts: 1,
  ...rest,
});
const dayItem = (from: PlainDay, members: readonly number[]): Item =>
  item('day', { from, to: from, members: Bitmap.of(members).toBytes() });
const symbolItem = (instrumentId: number, from: PlainDay, to: PlainDay): Item =>
  item('symbol', { instrumentId, from, to });

function settle(input: Pick<SettleInput, 'item' | 'answer'> & Partial<SettleInput>) {
  return settleAnswer({
    dataset: 'daily_bars',
    market: MARKET,
    lastFinal: day('2024-01-31'),
    lastSettled: day('2024-01-31'),
    unsettled: new Map(),
    recentRows: [],
    isFallback: false,
    ...input,
  });
}

const gainOf = (kind: string, instrumentId: number, on: PlainDay) => ({
  kind: 'exception',
  dataset: 'daily_bars',
  source: 'tushare',
  instrumentId,
  day: on,
  exception: kind,
});
const members = (...ids: number[]): Uint8Array => Bitmap.of(ids).toBytes();

describe('the answer for a whole market day', () => {
  it('covers the symbols that it has rows for, those not asked for as well', () => {
    const settled = settle({
      item: dayItem(FIRST, [1, 2]),
      answer: answer(SYMBOLS.map((symbol) => bar(symbol, FIRST))),
    });
    expect(settled.gains).toEqual([
      {
        kind: 'day',
        dataset: 'daily_bars',
        source: 'tushare',
        day: FIRST,
        members: members(1, 2, 3),
        rows: 3,
      },
    ]);
    expect(settled).toMatchObject({
      state: 'done',
      outcome: 'ok',
      counts: { ok: 2 },
      exceptions: [],
      error: null,
    });
    expect(settled.writes).toMatchObject([
      { dataset: 'daily_bars', source: 'tushare', mode: 'replace', rows: { length: 3 } },
    ]);
  });

  it('calls absent what was asked for and did not come', () => {
    const settled = settle({ item: dayItem(FIRST, [1, 2]), answer: answer([bar('600001.SH', FIRST)]) });
    expect(settled.gains).toContainEqual(gainOf('absent', 2, FIRST));
    expect(settled.counts).toEqual({ ok: 1, absent: 1 });
    expect(settled.exceptions).toEqual([
      { instrumentId: 2, outcome: 'absent', source: 'tushare', cells: 1, detail: null },
    ]);
  });

  it('fails when nothing at all came for a market, and then covers and explains nothing', () => {
    const settled = settle({ item: dayItem(FIRST, [1, 2, 3]), answer: answer([]) });
    expect(settled).toMatchObject({
      state: 'failed',
      gains: [],
      writes: [],
      exceptions: [],
      outcome: 'failed',
      counts: { failed: 3 },
    });
    expect(settled.error).toMatchObject({ code: 'empty', details: { source: 'tushare' } });
  });

  it('may have nothing for a single symbol, which is then absent', () => {
    const settled = settle({ item: dayItem(FIRST, [2]), answer: answer([]) });
    expect(settled).toMatchObject({
      state: 'done',
      counts: { absent: 1 },
      gains: [gainOf('absent', 2, FIRST)],
    });
  });

  it('may have no rows where it names suspended symbols', () => {
    const suspended = [symbolOf('600001.SH'), symbolOf('000002.SZ')].map((symbol) => ({
      symbol,
      day: FIRST,
    }));
    const settled = settle({ item: dayItem(FIRST, [1, 2]), answer: answer([], { suspended }) });
    expect(settled).toMatchObject({ state: 'done', counts: { suspended: 2 } });
    expect(settled.gains).toEqual([gainOf('suspended', 1, FIRST), gainOf('suspended', 2, FIRST)]);
  });

  it('does not call a refused symbol absent, so that it is asked for again', () => {
    const settled = settle({
      item: dayItem(FIRST, [1, 2]),
      answer: answer([bar('600001.SH', FIRST), bar('000002.SZ', FIRST, { high: 8 })]),
    });
    expect(settled.gains).toEqual([expect.objectContaining({ kind: 'day', members: members(1) })]);
    expect(settled.counts).toEqual({ ok: 1, quarantined: 1 });
    expect(settled.quarantined).toMatchObject([
      { rule: 'ohlc_order', symbol: '000002.SZ', day: FIRST, source: 'tushare' },
    ]);
    expect(settled.exceptions).toMatchObject([{ instrumentId: 2, outcome: 'quarantined', cells: 1 }]);
  });

  it('refuses all rows of a market whose amounts are a hundred times too large', () => {
    const rows = SYMBOLS.slice(0, 2).map((symbol) => bar(symbol, FIRST, { amount: 100_000 }));
    const settled = settle({ item: dayItem(FIRST, [1, 2]), answer: answer(rows) });
    expect(settled).toMatchObject({ state: 'failed', gains: [], writes: [] });
    expect(settled.quarantined.map((row) => row.rule)).toEqual(['factor_100_slip', 'factor_100_slip']);
  });

  it('says of odd rows what is odd, and keeps them', () => {
    const settled = settle({
      item: dayItem(FIRST, [1]),
      answer: answer([bar('600001.SH', FIRST, { amount: 1500 })]),
    });
    expect(settled.flags).toMatchObject([
      { symbol: '600001.SH', day: FIRST, rule: 'amount_volume_mismatch' },
    ]);
    expect(settled.counts).toEqual({ ok: 1 });
  });

  it('keeps what could not be read, and rows of symbols that no list knows', () => {
    const settled = settle({
      item: dayItem(FIRST, [1]),
      answer: answer([bar('600001.SH', FIRST), bar('600999.SH', FIRST)], {
        unreadable: [{ reason: 'a letter', raw: 'x' }],
      }),
    });
    expect(settled.quarantined.map(({ rule, symbol }) => [rule, symbol])).toEqual([
      ['unknown_symbol', '600999.SH'],
      ['unreadable', null],
    ]);
    expect(settled.counts).toEqual({ ok: 1 });
  });
});

describe('the answer for one symbol', () => {
  it('covers unbroken runs of days over the weekend, and calls the holes absent', () => {
    const settled = settle({
      item: symbolItem(1, FIRST, FOURTH),
      answer: answer([FIRST, SECOND, FOURTH].map((on) => bar('600001.SH', on))),
    });
    expect(settled.gains).toEqual([
      expect.objectContaining({
        kind: 'range',
        instrumentId: 1,
        from: FIRST,
        to: SECOND,
        touchesFrom: '2024-01-03',
        touchesTo: THIRD,
      }),
      expect.objectContaining({
        kind: 'range',
        instrumentId: 1,
        from: FOURTH,
        to: FOURTH,
        touchesFrom: THIRD,
        touchesTo: '2024-01-10',
      }),
      gainOf('absent', 1, THIRD),
    ]);
    expect(settled).toMatchObject({ outcome: 'ok', counts: { ok: 1 }, lastSymbol: '600001.SH' });
  });

  it('has the outcome of its symbol, whatever that is', () => {
    const ask = symbolItem(1, FIRST, SECOND);
    const suspended = [FIRST, SECOND].map((on) => ({ symbol: symbolOf('600001.SH'), day: on }));
    expect(settle({ item: ask, answer: answer([]) })).toMatchObject({
      outcome: 'absent',
      counts: { absent: 1 },
    });
    expect(settle({ item: ask, answer: answer([], { suspended }) })).toMatchObject({
      outcome: 'suspended',
      counts: { suspended: 1 },
    });
    expect(settle({ item: ask, answer: answer([bar('600001.SH', FIRST, { open: -1 })]) })).toMatchObject({
      outcome: 'quarantined',
      counts: { quarantined: 1 },
    });
    expect(settle({ item: ask, answer: answer([bar('600001.SH', FIRST)]), isFallback: true })).toMatchObject({
      outcome: 'fell_back',
      counts: { fell_back: 1 },
    });
  });

  it('asks nothing of days on which the symbol was not listed', () => {
    const young = { ...LISTINGS[0]!, listDate: SECOND };
    const market = { ...MARKET, byId: new Map([[1, young]]), bySymbol: new Map([[young.symbol, young]]) };
    const settled = settle({ item: symbolItem(1, FIRST, SECOND), answer: answer([]), market });
    expect(settled.gains).toEqual([gainOf('absent', 1, SECOND)]);
  });

  it('prefers a row to the word that the symbol was suspended', () => {
    const suspended = [{ symbol: symbolOf('600001.SH'), day: FIRST }];
    const settled = settle({
      item: symbolItem(1, FIRST, FIRST),
      answer: answer([bar('600001.SH', FIRST)], { suspended }),
    });
    expect(settled.gains).toMatchObject([{ kind: 'range' }]);
  });
});

describe('days that are not final yet', () => {
  const lastFinal = FIRST;

  it('are written, but neither covered nor explained', () => {
    const byDay = settle({
      item: dayItem(SECOND, [1, 2]),
      answer: answer([bar('600001.SH', SECOND)]),
      lastFinal,
    });
    expect(byDay.gains).toEqual([]);
    expect(byDay.writes).toMatchObject([{ rows: { length: 1 } }]);
    const bySymbol = settle({
      item: symbolItem(1, FIRST, SECOND),
      answer: answer([FIRST, SECOND].map((on) => bar('600001.SH', on))),
      lastFinal,
    });
    expect(bySymbol.gains).toMatchObject([{ kind: 'range', from: FIRST, to: FIRST }]);
  });

  it('are not closed by a suspension, which may be lifted within the day', () => {
    const suspended = [FIRST, SECOND].map((on) => ({ symbol: symbolOf('600001.SH'), day: on }));
    const settled = settle({
      item: symbolItem(1, FIRST, SECOND),
      answer: answer([], { suspended }),
      lastFinal,
    });
    expect(settled.gains).toEqual([gainOf('suspended', 1, FIRST)]);
  });
});

describe('by-products', () => {
  const both = (rows: readonly Row[], beside: readonly Row[], rest: Partial<Answer> = {}): Answer => {
    const batch = { dataset: 'daily_basics' as const, columns: Object.keys(beside[0] ?? {}), rows: beside };
    const main = answer(rows, rest);
    return { ...main, batches: [...main.batches, batch] };
  };

  it('fill and cover their own data set', () => {
    const settled = settle({
      item: symbolItem(1, FIRST, SECOND),
      answer: both(
        [bar('600001.SH', FIRST)],
        [indicator('600001.SH', FIRST), indicator('600001.SH', SECOND)],
      ),
    });
    expect(settled.writes.map(({ dataset, mode }) => [dataset, mode])).toEqual([
      ['daily_bars', 'replace'],
      ['daily_basics', 'fill'],
    ]);
    expect(settled.gains).toContainEqual(
      expect.objectContaining({ kind: 'range', dataset: 'daily_basics', from: FIRST, to: SECOND }),
    );
    expect(settled.gains).not.toContainEqual(
      expect.objectContaining({ dataset: 'daily_basics', exception: 'absent' }),
    );
  });

  it('know the same suspended days', () => {
    const suspended = [{ symbol: symbolOf('600001.SH'), day: SECOND }];
    const settled = settle({
      item: symbolItem(1, FIRST, SECOND),
      answer: both([bar('600001.SH', FIRST)], [indicator('600001.SH', FIRST)], { suspended }),
    });
    expect(settled.gains).toContainEqual({ ...gainOf('suspended', 1, SECOND), dataset: 'daily_basics' });
  });
});

describe('the answer for a whole list', () => {
  const ask = item('all', {});
  const days = ['2024-01-05', '2024-01-04'].map((cal_date) => ({
    exchange: 'XSHG',
    cal_date,
    is_open: true,
    prev_trade_date: null,
  }));

  it('is fresh by its exchanges, over the days that came', () => {
    const settled = settle({
      dataset: 'trade_calendar',
      item: ask,
      answer: answer(days, {}, 'trade_calendar'),
    });
    expect(settled.gains).toEqual([
      {
        kind: 'fresh',
        dataset: 'trade_calendar',
        source: 'tushare',
        scope: 'XSHG',
        from: '2024-01-04',
        through: '2024-01-05',
      },
    ]);
    expect(settled).toMatchObject({ state: 'done', error: null });
  });

  it('is never empty', () => {
    const settled = settle({ dataset: 'stock_basics', item: ask, answer: answer([], {}, 'stock_basics') });
    expect(settled).toMatchObject({ state: 'failed', gains: [], error: { code: 'empty' } });
  });
});

describe('a market that is only half published', () => {
  const MANY = Array.from({ length: 100 }, (_, at) => String(600_100 + at));
  const listings: readonly Listing[] = MANY.map((code, at) => ({
    instrumentId: at + 1,
    symbol: symbolOf(`${code}.SH`),
    listDate: day('2020-01-02'),
    delistDate: null,
  }));
  const market: Market = {
    ...MARKET,
    listings,
    bySymbol: new Map(listings.map((listing) => [listing.symbol, listing])),
    byId: new Map(listings.map((listing) => [listing.instrumentId, listing])),
  };
  const all = listings.map((listing) => listing.instrumentId);
  const half = (rows: number, more: Partial<SettleInput> = {}) =>
    settle({
      item: dayItem(FOURTH, all),
      answer: answer(listings.slice(0, rows).map(({ symbol }) => bar(symbol, FOURTH))),
      market,
      lastFinal: FOURTH,
      lastSettled: FIRST,
      ...more,
    });

  it('is kept, covers nothing, and is not ready', () => {
    expect(half(97, { recentRows: [100, 100, 99] })).toMatchObject({
      state: 'failed',
      gains: [],
      error: { code: 'not_ready', details: { rows: 97, usual: 98 } },
      writes: [{ rows: { length: 97 } }],
    });
  });

  it('is judged by what is expected where nothing has come before', () => {
    expect(half(89)).toMatchObject({ state: 'failed', error: { code: 'not_ready' } });
    expect(half(90)).toMatchObject({ state: 'done', error: null });
  });

  it('is ready with 98 of 100 rows, and the rest is absent', () => {
    expect(half(98, { recentRows: [100] })).toMatchObject({ state: 'done', counts: { ok: 98, absent: 2 } });
  });

  it('is taken as it is once no more can come', () => {
    expect(half(50, { recentRows: [100], lastSettled: FOURTH })).toMatchObject({ state: 'done' });
  });

  it('without any row is not ready either, so that nobody else is asked for all of it', () => {
    expect(half(0, { recentRows: [100] })).toMatchObject({ error: { code: 'not_ready' } });
  });
});

describe('five-minute bars', () => {
  const minutes = (count: number): readonly Row[] =>
    Array.from({ length: count }, (_, at) => ({
      symbol: '600001.SH',
      trade_date: FIRST,
      bar_time: Date.parse('2024-01-04T01:35:00Z') + (at + (at >= 24 ? 18 : 0)) * 300_000,
      open: 10,
      high: 10,
      low: 10,
      close: 10,
      volume: 100,
      amount: 1000,
    }));
  const market: Market = { ...MARKET, severalRowsACell: true };
  const judged = (count: number, lastSettled: PlainDay) =>
    settle({
      dataset: 'minute_bars',
      item: symbolItem(1, FIRST, FIRST),
      answer: answer(minutes(count), {}, 'minute_bars'),
      market,
      lastFinal: FIRST,
      lastSettled,
    });

  it('cover a day when the whole session is there', () => {
    expect(judged(48, day('2023-12-29')).gains).toMatchObject([
      { kind: 'range', instrumentId: 1, from: FIRST, to: FIRST },
      { kind: 'unsettled', day: FIRST, was: 'early' },
    ]);
  });

  it('of a part of the session are no gap any more once the day has settled', () => {
    expect(judged(20, day('2023-12-29')).gains).toMatchObject([
      { kind: 'exception', exception: 'absent' },
      {},
    ]);
    expect(judged(20, FIRST).gains).toMatchObject([{ kind: 'range' }]);
  });
});
