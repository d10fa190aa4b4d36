import { type Symbol } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { Answer, Question } from '../../packages/server/src/ports/source.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createHandSource, honestSources, type HandSource } from '../support/handSource.ts';
import {
  answerOf,
  BY_DAY,
  BY_SYMBOL,
  capabilityOf,
  DAYS,
  honestAnswer,
  honestRows,
  SPAN,
  SYMBOLS,
} from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

/** Only the named of the two sources, in the order of asking. */
async function open(...chosen: readonly ('tushare' | 'baostock')[]): Promise<void> {
  ({ tushare, baostock } = honestSources());
  const sources = chosen.map((id) => (id === 'tushare' ? tushare : baostock));
  stand = await createAppStand(database().db, { sources });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;
const SYMBOL = SYMBOLS[0] as Symbol;

const coverage = (dataset: 'daily_bars' | 'daily_basics' = 'daily_bars') =>
  stand.deps.store.coverageOf(dataset, SPAN.from, SPAN.to, null);

describe('by-products', () => {
  /** Answers questions about bars with indicators beside, as one source does. */
  const withBasics = (question: Question): Answer => {
    const answer = honestAnswer(question);
    if (question.dataset !== 'daily_bars') return answer;
    const rows = honestRows({ ...question, dataset: 'daily_basics' });
    const beside = { dataset: 'daily_basics' as const, columns: Object.keys(rows[0] ?? {}), rows };
    return { ...answer, batches: [...answer.batches, beside] };
  };

  it('cover their own data set, so that nobody asks for it', async () => {
    await open('baostock');
    baostock.answer = withBasics;
    await stand.sync(BARS);
    expect((await coverage('daily_basics')).ranges).toHaveLength(SYMBOLS.length);
    expect(await stand.sync({ ...BARS, dataset: 'daily_basics' })).toMatchObject({
      state: 'success',
      calls: 0,
    });
    expect(await stand.db.one(sql`SELECT count(*)::int AS rows FROM market.daily_basics`)).toEqual({
      rows: CELLS,
    });
  });

  it('fill what is empty and change nothing that is there', async () => {
    await open('tushare', 'baostock');
    await stand.sync({ ...BARS, dataset: 'daily_basics', sources: ['tushare'] });
    await stand.db.rows(sql`UPDATE market.daily_basics SET pe = NULL WHERE symbol = ${SYMBOL}`);
    await stand.db.rows(sql`UPDATE market.daily_basics SET pe = -1 WHERE symbol <> ${SYMBOL}`);
    baostock.answer = withBasics;
    await stand.sync({ ...BARS, sources: ['baostock'] });
    const rows = await stand.db.rows<{ symbol: string; pe: number; source: string }>(
      sql`SELECT symbol, pe, source FROM market.daily_basics`,
    );
    for (const { symbol, pe, source } of rows) {
      expect(source).toBe('tushare');
      expect(symbol === SYMBOL ? pe > 0 : pe === -1).toBe(true);
    }
    expect(await stand.db.rows(sql`SELECT 1 FROM tapekeeper.revision`)).toEqual([]);
  });
});

describe('a source with fewer columns', () => {
  const partial = ['symbol', 'trade_date', 'turnover_rate', 'is_st'];

  it('leaves gaps for one that has more, but none for itself', async () => {
    await open('tushare');
    const narrow = createHandSource({
      id: 'baostock',
      capabilities: [
        ...BY_SYMBOL.filter((one) => one.dataset !== 'daily_basics'),
        capabilityOf('daily_basics', ['symbol'], { columns: partial }),
      ],
      answer: (question) => {
        if (question.dataset !== 'daily_basics') return honestAnswer(question);
        const rows = honestRows(question).map((row) =>
          Object.fromEntries(partial.map((name) => [name, row[name] ?? null])),
        );
        return answerOf('daily_basics', rows);
      },
    });
    const wide = createHandSource({
      id: 'tushare',
      capabilities: BY_DAY.map((one) =>
        one.dataset === 'daily_basics'
          ? { ...one, columns: one.columns.filter((name) => name !== 'is_st') }
          : one,
      ),
      answer: (question) => {
        if (question.dataset !== 'daily_basics') return honestAnswer(question);
        return answerOf(
          'daily_basics',
          honestRows(question).map(({ is_st: _, ...row }) => ({ ...row, turnover_rate: 50 })),
        );
      },
    });
    stand = await createAppStand(database().db, { sources: [wide, narrow] });
    const basics = { ...BARS, dataset: 'daily_basics' };
    expect(await stand.sync({ ...basics, sources: ['baostock'] })).toMatchObject({ calls: SYMBOLS.length });
    expect(await stand.sync({ ...basics, sources: ['baostock'] })).toMatchObject({ calls: 0 });
    expect(await stand.sync(basics)).toMatchObject({ state: 'success', calls: DAYS.length });
    expect(await stand.sync(basics)).toMatchObject({ calls: 0 });
    // what only the first one has is still there
    const [row] = await stand.db.rows(
      sql`SELECT turnover_rate, is_st, pe IS NOT NULL AS "hasPe", source FROM market.daily_basics LIMIT 1`,
    );
    expect(row).toEqual({ turnover_rate: 50, is_st: false, hasPe: true, source: 'tushare' });
  });
});
