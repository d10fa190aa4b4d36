import { type PlainDay, type Row, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Answer, Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { honestSources, type HandSource } from '../support/handSource.ts';
import { answerOf, DAYS, honestAnswer, honestRows, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;

async function open(): Promise<void> {
  ({ tushare } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare] });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
const THIRD = DAYS[2] as PlainDay;
const SYMBOL = SYMBOLS[0] as Symbol;

const barsStored = async () => (await stand.db.rows(sql`SELECT 1 FROM market.daily_bars`)).length;

describe('a new stock list', () => {
  const NEW = '603000.SH' as Symbol;
  const lists = (question: Question): readonly Row[] => honestRows({ ...question, dataset: 'stock_basics' });
  const grown = (question: Question): Answer => {
    const young = { ...lists(question)[0], symbol: NEW, list_date: '2024-01-10' };
    return question.dataset === 'stock_basics'
      ? answerOf('stock_basics', [...lists(question), young])
      : honestAnswer(question, [...SYMBOLS, NEW]);
  };

  it('makes the days of a newly listed symbol gaps, from its first one on', async () => {
    await open();
    await stand.sync(BARS);
    tushare.answer = grown;
    await stand.sync({ dataset: 'stock_basics', force: true });
    expect(await stand.sync(BARS)).toMatchObject({ state: 'success', plan: { cells: 3 } });
  });

  it('ends the days of a delisted symbol, the day of its end included', async () => {
    await open();
    tushare.answer = (question) =>
      question.dataset === 'stock_basics'
        ? answerOf(
            'stock_basics',
            lists(question).map((row) =>
              row['symbol'] === SYMBOL ? { ...row, list_status: 'D', delist_date: THIRD } : row,
            ),
          )
        : honestAnswer(question);
    expect(await stand.sync(BARS)).toMatchObject({ plan: { cells: CELLS - (DAYS.length - 2) } });
  });

  it('lets the rows in that waited for it, and covers them', async () => {
    await open();
    tushare.answer = (question) =>
      question.dataset === 'daily_bars' ? honestAnswer(question, [...SYMBOLS, NEW]) : honestAnswer(question);
    await stand.sync(BARS);
    const held = async (state: string) =>
      (await stand.db.rows(sql`SELECT 1 FROM tapekeeper.quarantine WHERE state = ${state}`)).length;
    expect([await held('held'), await barsStored()]).toEqual([DAYS.length, CELLS]);
    tushare.answer = grown;
    await stand.sync({ dataset: 'stock_basics', force: true });
    // two of the days are before the listing, and stay refused
    expect([await held('held'), await held('replayed'), await barsStored()]).toEqual([
      DAYS.length - 3,
      3,
      CELLS + 3,
    ]);
    expect((await stand.sync(BARS)).calls).toBe(0);
  });

  it('lets no row in over one that has come since', async () => {
    await open();
    tushare.answer = (question) =>
      question.dataset === 'daily_bars' ? honestAnswer(question, [...SYMBOLS, NEW]) : honestAnswer(question);
    await stand.sync(BARS);
    await stand.db.rows(sql`
      INSERT INTO market.daily_bars SELECT ${NEW}, trade_date, open, high, low, 77, pre_close, volume, amount, NULL, source, run_id, known_at
      FROM market.daily_bars WHERE symbol = ${SYMBOL} AND trade_date = '2024-01-11'`);
    tushare.answer = grown;
    await stand.sync({ dataset: 'stock_basics', force: true });
    expect(
      await stand.db.one(
        sql`SELECT close, pct_chg FROM market.daily_bars WHERE symbol = ${NEW} AND trade_date = '2024-01-11'`,
      ),
    ).toEqual({ close: 77, pct_chg: 0 });
  });
});
