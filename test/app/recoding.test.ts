import { plainDay, symbolOf, type Row, type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, createHandSource, type HandSource } from '../support/handSource.ts';
import {
  answerOf,
  BY_DAY,
  DAYS,
  honestAnswer,
  honestRows,
  SPAN,
  stockOf,
  SYMBOLS,
} from '../support/smallMarket.ts';

const database = useCleanDatabase();
const OLD = symbolOf('838163.BJ');
const NOW = symbolOf('920163.BJ');
const BARS = { dataset: 'daily_bars', ...SPAN };

/** The small market with a stock of Beijing, under the code that it has at the time. */
function marketWith(code: Symbol, recoded = false): (question: Question) => ReturnType<typeof honestAnswer> {
  return (question) => {
    if (question.dataset === 'stock_basics') {
      const rows = [...SYMBOLS, code].map((symbol) => stockOf(symbol, plainDay('2022-01-04')));
      return answerOf('stock_basics', rows, recoded ? { recoded: [{ old: OLD, now: NOW }] } : {});
    }
    if (question.dataset === 'trade_calendar') return honestAnswer(question);
    const bar = (row: Row): Row => ({ ...row, symbol: code });
    const rows = honestRows(question);
    return answerOf(
      question.dataset,
      rows.flatMap((row) => (row['symbol'] === SYMBOLS[0] ? [row, bar(row)] : [row])),
    );
  };
}

async function open(): Promise<{ stand: AppStand; source: HandSource }> {
  const source = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: marketWith(OLD) });
  return { source, stand: await createAppStand(database().db, { sources: [source] }) };
}

const symbolsWithBars = async (stand: AppStand) =>
  (await stand.db.rows<{ symbol: string }>(sql`SELECT DISTINCT symbol FROM market.daily_bars`)).map(
    ({ symbol }) => symbol,
  );

describe('a stock that its exchange gives another code', () => {
  it('keeps its history, its coverage and its number', async () => {
    const { stand, source } = await open();
    await stand.sync(BARS);
    const [before] = (await stand.deps.store.instruments()).filter(({ symbol }) => symbol === OLD);

    source.answer = marketWith(NOW, true);
    await stand.sync({ dataset: 'stock_basics', force: true });
    const [after] = (await stand.deps.store.instruments()).filter(({ symbol }) => symbol === NOW);
    expect(after?.instrumentId).toBe(before?.instrumentId);
    expect(await stand.deps.store.instruments()).toHaveLength(SYMBOLS.length + 1);
    expect(await symbolsWithBars(stand)).not.toContain(OLD);
    expect(await symbolsWithBars(stand)).toContain(NOW);
    expect(await stand.sync(BARS)).toMatchObject({ calls: 0, state: 'success' });
  });

  it('is found under the former code, in wishes and in rows', async () => {
    const { stand, source } = await open();
    source.answer = marketWith(NOW, true);
    await stand.sync({ dataset: 'stock_basics' });
    await stand.sync({ dataset: 'stock_basics', force: true });
    source.answer = marketWith(OLD);
    await stand.sync({ dataset: 'stock_basics', force: true });
    expect(await stand.deps.store.instruments()).toHaveLength(SYMBOLS.length + 1);
    source.asked.length = 0;
    source.answer = marketWith(OLD);
    expect(await stand.sync({ ...BARS, symbols: [OLD] })).toMatchObject({
      state: 'success',
      params: { symbols: [NOW] },
    });
    expect(askedFor(source, 'daily_bars')).not.toEqual([]);
    expect(await symbolsWithBars(stand)).not.toContain(OLD);
  });

  it('is one stock again after both codes were taken for two', async () => {
    const { stand, source } = await open();
    await stand.sync(BARS);
    source.answer = marketWith(NOW);
    await stand.sync({ dataset: 'stock_basics', force: true });
    expect(await stand.deps.store.instruments()).toHaveLength(SYMBOLS.length + 2);
    source.answer = marketWith(NOW, true);
    await stand.sync({ dataset: 'stock_basics', force: true });
    expect(await stand.deps.store.instruments()).toHaveLength(SYMBOLS.length + 1);
    expect(await symbolsWithBars(stand)).not.toContain(OLD);
    expect(
      await stand.db.one(sql`SELECT count(*)::int AS bars FROM market.daily_bars WHERE symbol = ${NOW}`),
    ).toEqual({ bars: DAYS.length });
  });
});
