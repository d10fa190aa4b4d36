import type { DataPage } from '@tapekeeper/contract';
import { symbolOf, type Row } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { answerOf, DAYS, honestAnswer, honestRows, rowOf, SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { allDataPages, dataPage } from './dataPages.ts';
import { createHttpStand, isOf, type HttpStand } from './httpStand.ts';

const database = useCleanDatabase();
const SYMBOL = symbolOf('600001.SH');
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const pageOf = (url: string): Promise<DataPage> => dataPage(stand, url);
const allPages = (url: string): Promise<readonly Row[]> => allDataPages(stand, url);

const bars = (): readonly Row[] =>
  SYMBOLS.toSorted().flatMap((symbol) => DAYS.map((day) => rowOf('daily_bars', symbol, day)));

describe('a page of rows', () => {
  beforeEach(async () => void (await stand.sync({ dataset: 'daily_bars', ...SPAN })));

  it('holds them in the order of symbol and day, with the columns of the catalogue', async () => {
    const { rows, next, dataset } = await pageOf('/v1/data/daily_bars');
    expect({ dataset, next }).toEqual({ dataset: 'daily_bars', next: null });
    expect(rows).toEqual(bars());
  });

  it('goes on where the last one ended, until all rows have come once', async () => {
    expect(await allPages('/v1/data/daily_bars?limit=4')).toEqual(bars());
    expect(await allPages('/v1/data/trade_calendar?limit=7')).toHaveLength(31);
    expect((await allPages('/v1/data/stock_basics?limit=4')).map((row) => row['symbol'])).toEqual(
      SYMBOLS.toSorted(),
    );
  });

  it('holds the symbols, days and columns that were asked for', async () => {
    const [from, to] = [DAYS[1] as string, DAYS[2] as string];
    const url = `/v1/data/daily_bars?symbols=${SYMBOL},000001.sz&from=${from}&to=${to}&columns=close,symbol`;
    const wanted = bars().filter(
      (row) =>
        ['000001.SZ', SYMBOL].includes(String(row['symbol'])) &&
        String(row['trade_date']) >= from &&
        String(row['trade_date']) <= to,
    );
    const { rows } = await pageOf(url);
    expect(rows).toEqual(wanted.map(({ close, symbol }) => ({ close, symbol })));
    expect(Object.keys(rows[0] ?? {})).toEqual(['close', 'symbol']);
    expect(await allPages(`${url}&limit=1`)).toEqual(rows);
  });
});

describe('adjusted prices', () => {
  /** The factor doubles on the fourth day; the second day has none. */
  const factor = (row: Row): number => (String(row['trade_date']) >= (DAYS[3] as string) ? 3 : 1.5);

  beforeEach(async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
    await database().db.rows(sql`
      INSERT INTO market.adj_factors (symbol, trade_date, adj_factor, source, run_id, known_at)
      SELECT symbol, trade_date, CASE WHEN trade_date >= ${DAYS[3]} THEN 3 ELSE 1.5 END, 'tushare', 1, clock_timestamp()
      FROM market.daily_bars WHERE trade_date <> ${DAYS[1]}`);
  });

  const cents = (value: number): number => Number(value.toFixed(2));

  it('are raw * F(t) for hfq, a missing factor being that of the day before', async () => {
    const { rows } = await pageOf('/v1/data/daily_bars?adjust=hfq');
    const wanted = bars().map((row) => cents(Number(row['close']) * factor(row)));
    expect(rows.map((row) => row['close'])).toEqual(wanted);
    expect(rows.map((row) => row['volume'])).toEqual(bars().map((row) => row['volume']));
    expect(rows.map((row) => row['amount'])).toEqual(bars().map((row) => row['amount']));
  });

  it('are raw * F(t) / F(T) for qfq, T being the last day that was asked for', async () => {
    const close = async (url: string) => (await pageOf(url)).rows.map((row) => row['close']);
    const raw = (to: string) =>
      bars().filter((row) => row['symbol'] === SYMBOL && String(row['trade_date']) <= to);
    const url = `/v1/data/daily_bars?symbols=${SYMBOL}&adjust=qfq`;
    expect(await close(url)).toEqual(
      raw(SPAN.to).map((row) => cents((Number(row['close']) * factor(row)) / 3)),
    );
    expect(await close(`${url}&to=${DAYS[2]}`)).toEqual(
      raw(DAYS[2] as string).map((row) => cents(Number(row['close']))),
    );
  });

  it('need no factor within the days asked for', async () => {
    const url = `/v1/data/daily_bars?adjust=hfq&from=${DAYS[1]}&to=${DAYS[1]}&symbols=${SYMBOL}`;
    const { rows } = await pageOf(url);
    const raw = rowOf('daily_bars', SYMBOL, DAYS[1] as (typeof DAYS)[number]);
    expect(rows[0]).toMatchObject({ close: cents(Number(raw['close']) * 1.5) });
  });

  it('are the same in pages as in one piece', async () => {
    const whole = await allPages('/v1/data/daily_bars?adjust=qfq');
    expect(await allPages('/v1/data/daily_bars?adjust=qfq&limit=5')).toEqual(whole);
  });

  it('are empty where no factor is known, before the first one', async () => {
    await database().db.rows(sql`DELETE FROM market.adj_factors WHERE trade_date < ${DAYS[2]}`);
    const { rows } = await pageOf(`/v1/data/daily_bars?adjust=hfq&symbols=${SYMBOL}`);
    expect(rows.map((row) => row['close'] === null)).toEqual(DAYS.map((day) => day < (DAYS[2] as string)));
    expect(rows[0]).toMatchObject({ pre_close: null, volume: 1000 });
  });

  it('of weeks are those of their days, before which the week before closed adjusted too', async () => {
    const url = `/v1/data/weekly_bars?symbols=${SYMBOL}&adjust=hfq`;
    const { rows } = await pageOf(url);
    const days = (await pageOf(`/v1/data/daily_bars?symbols=${SYMBOL}&adjust=hfq`)).rows;
    expect(rows[1]).toMatchObject({
      trade_date: DAYS.at(-1),
      open: days[2]?.['open'],
      close: days.at(-1)?.['close'],
      pre_close: days[1]?.['close'],
    });
    const second = await pageOf(`${url}&from=${DAYS[4]}`);
    expect(second.rows).toEqual(rows.slice(1));
  });
});

describe('derived bars', () => {
  it('of weeks and months join the days of their span', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
    const days = DAYS.map((day) => rowOf('daily_bars', SYMBOL, day));
    const [first, second] = [days.slice(0, 2), days.slice(2)];
    const bar = (part: readonly Row[], preClose: unknown) => ({
      symbol: SYMBOL,
      trade_date: part.at(-1)?.['trade_date'],
      open: part[0]?.['open'],
      high: Math.max(...part.map((row) => Number(row['high']))),
      low: Math.min(...part.map((row) => Number(row['low']))),
      close: part.at(-1)?.['close'],
      pre_close: preClose,
      volume: 1000 * part.length,
      amount: Math.round(part.reduce((sum, row) => sum + Number(row['amount']), 0) * 100) / 100,
      pct_chg: 0,
    });
    const weekly = await pageOf(`/v1/data/weekly_bars?symbols=${SYMBOL}`);
    expect(weekly.rows).toEqual([bar(first, null), bar(second, first.at(-1)?.['close'])]);
    const monthly = await pageOf(`/v1/data/monthly_bars?symbols=${SYMBOL}`);
    expect(monthly.rows).toEqual([bar(days, null)]);
    expect(await allPages('/v1/data/weekly_bars?limit=5')).toEqual(await allPages('/v1/data/weekly_bars?'));
  });

  it('of a week are left out while the week is asked for only in part', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
    const { rows } = await pageOf(`/v1/data/weekly_bars?symbols=${SYMBOL}&to=${DAYS[3]}`);
    expect(rows.map((row) => row['trade_date'])).toEqual([DAYS[1]]);
  });

  it('of minutes end at the quarters, halves and hours of the sessions', async () => {
    await database().db.rows(sql`
      INSERT INTO market.minute_bars (symbol, trade_date, bar_time, open, high, low, close, volume, amount, source, run_id, known_at)
      SELECT ${SYMBOL}, '2024-01-04', ('2024-01-04'::timestamp + make_interval(mins => m)) AT TIME ZONE 'Asia/Shanghai',
             m, m + 1, m - 1, m, 100, 1000.1, 'tushare', 1, clock_timestamp()
      FROM (SELECT generate_series(575, 690, 5) UNION SELECT generate_series(785, 900, 5)) AS x (m)`);
    await database().db.rows(sql`
      INSERT INTO tapekeeper.instrument (id, symbol) VALUES (1, ${SYMBOL}) ON CONFLICT DO NOTHING`);
    const ends = async (interval: number) =>
      (await allPages(`/v1/data/minute_bars?symbols=${SYMBOL}&interval=${interval}&limit=3`)).map((row) =>
        new Date(Date.parse(String(row['bar_time'])) + 8 * 3_600_000).toISOString().slice(11, 16),
      );
    expect(await ends(60)).toEqual(['10:30', '11:30', '14:00', '15:00']);
    expect(await ends(30)).toHaveLength(8);
    expect(await ends(15)).toHaveLength(16);
    expect(await ends(5)).toHaveLength(48);
    const { rows } = await pageOf(`/v1/data/minute_bars?symbols=${SYMBOL}&interval=60`);
    expect(rows[0]).toMatchObject({
      open: 575,
      high: 631,
      low: 574,
      close: 630,
      volume: 1200,
      amount: 12001.2,
    });
  });
});

describe('as of an earlier time', () => {
  it('rows and factors are what was believed then', async () => {
    await stand.sync({ dataset: 'daily_bars', ...SPAN });
    await stand.sync({ dataset: 'adj_factors', ...SPAN });
    const { now } = await database().db.one<{ now: number }>(sql`SELECT clock_timestamp() AS now`);
    const then = new Date(now).toISOString();
    const url = `/v1/data/daily_bars?symbols=${SYMBOL},600002.SH&adjust=hfq`;
    const before = await pageOf(url);
    stand.tushare.answer = (question) =>
      question.dataset === 'daily_bars' || question.dataset === 'adj_factors'
        ? answerOf(
            question.dataset,
            honestRows(question).map((row) => (isOf(SYMBOL)(row) ? corrected(row) : row)),
          )
        : honestAnswer(question);
    await stand.sync({ dataset: 'daily_bars', ...SPAN, force: true });
    await stand.sync({ dataset: 'adj_factors', ...SPAN, force: true });
    const after = await pageOf(url);
    expect(after.rows.map((row) => row['volume'])).toContain(2000);
    expect(after.rows[0]?.['close']).not.toEqual(before.rows[0]?.['close']);
    expect((await pageOf(`${url}&asOf=${then}`)).rows).toEqual(before.rows);
    expect(await allPages(`${url}&asOf=${then}&limit=3`)).toEqual(before.rows);
    expect((await pageOf(`/v1/data/daily_bars?asOf=2020-01-01`)).rows).toEqual([]);
    expect((await pageOf(`/v1/data/stock_basics?asOf=${then}`)).rows).toHaveLength(SYMBOLS.length);
  });

  function corrected(row: Row): Row {
    return row['adj_factor'] === undefined
      ? { ...row, volume: 2000 }
      : { ...row, adj_factor: Number(row['adj_factor']) * 1.1 };
  }
});
