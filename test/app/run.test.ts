import { describe, expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createAppStand, type AppStand, type AppStandOptions } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { askedFor, honestSources, type HandSource } from '../support/handSource.ts';
import { DAYS, honestAnswer, SPAN, SYMBOLS } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;
let tushare: HandSource;
let baostock: HandSource;

async function open(options: Partial<AppStandOptions> = {}): Promise<void> {
  ({ tushare, baostock } = honestSources());
  stand = await createAppStand(database().db, { sources: [tushare, baostock], ...options });
}

const BARS = { dataset: 'daily_bars', ...SPAN };
const CELLS = DAYS.length * SYMBOLS.length;

describe('a run', () => {
  it('fills every cell with one call a day, and a second one has nothing to ask', async () => {
    await open();
    const first = await stand.sync(BARS);
    expect(first).toMatchObject({
      state: 'success',
      itemsDone: DAYS.length,
      rowsWritten: CELLS,
      outcomes: { ok: CELLS },
    });
    expect(askedFor(tushare, 'daily_bars').map((question) => 'day' in question && question.day)).toEqual(
      DAYS,
    );
    const second = await stand.sync(BARS);
    expect(second).toMatchObject({ state: 'success', itemsTotal: 0, calls: 0, plan: { cells: 0 } });
    expect(askedFor(tushare, 'daily_bars')).toHaveLength(DAYS.length);
    expect(baostock.asked).toEqual([]);
  });

  it('asks by symbol where the source has no whole days, with one call for each', async () => {
    await open();
    const run = await stand.sync({ ...BARS, sources: ['baostock'] });
    expect(run).toMatchObject({
      state: 'success',
      calls: SYMBOLS.length,
      rowsWritten: CELLS,
      outcomes: { ok: SYMBOLS.length },
    });
    expect(askedFor(baostock, 'daily_bars')).toEqual(
      SYMBOLS.toSorted().map((symbol) => ({ shape: 'symbol', dataset: 'daily_bars', symbol, ...SPAN })),
    );
    expect((await stand.sync({ ...BARS, sources: ['baostock'] })).calls).toBe(0);
  });

  it('asks again when told to, each cell once, and finds the rows unchanged', async () => {
    await open();
    await stand.sync(BARS);
    tushare.asked.length = 0;
    const run = await stand.sync({ ...BARS, force: true });
    expect(run).toMatchObject({ state: 'success', calls: DAYS.length, rowsWritten: 0, rowsUnchanged: CELLS });
    expect(askedFor(tushare, 'daily_bars')).toHaveLength(DAYS.length);
    expect(baostock.asked).toEqual([]);
  });

  it('asks only what is missing: one day, one symbol', async () => {
    await open();
    const [first, ...rest] = DAYS;
    await stand.sync({ ...BARS, symbols: SYMBOLS.slice(1), sources: ['baostock'] });
    await stand.sync({ ...BARS, from: rest[0], symbols: SYMBOLS.slice(0, 1), sources: ['baostock'] });
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'success', calls: 1, plan: { cells: 1 } });
    // one row of one symbol moves less than the whole market of the day
    expect(askedFor(tushare, 'daily_bars')).toEqual([
      { shape: 'symbol', dataset: 'daily_bars', symbol: SYMBOLS[0], from: first, to: first },
    ]);
  });

  it('is cut into shards that several workers share, and ends once', async () => {
    await open();
    const days = { from: '2023-09-01', to: '2024-01-12' };
    const run = await stand.sync({ dataset: 'daily_bars', ...days });
    const shards = await stand.db.rows<{ items: number }>(sql`
      SELECT items_total AS items FROM tapekeeper.shard WHERE run_id = ${run.id} AND kind = 'fetch' ORDER BY no`);
    const { length: calls } = askedFor(tushare, 'daily_bars');
    expect(shards.map((shard) => shard.items).reduce((sum, items) => sum + items, 0)).toBe(calls);
    expect(shards.length).toBe(calls > 60 ? 2 : 1);
    expect(run.state).toBe('success');
    const ends = await stand.db.rows(sql`
      SELECT 1 FROM tapekeeper.event_outbox WHERE topic = 'run' AND payload->>'runId' = ${String(run.id)} AND payload->>'state' = 'success'`);
    expect(ends).toHaveLength(1);
  });

  it('gives its shard back when its time is up, and goes on where it was', async () => {
    await open({ settings: { dispatchBudgetMs: 0 } });
    const run = await stand.sync(BARS);
    expect(run).toMatchObject({ state: 'success', calls: DAYS.length });
    const shard = await stand.db.one<{ dispatch: number }>(
      sql`SELECT dispatch FROM tapekeeper.shard WHERE run_id = ${run.id} AND no = 1`,
    );
    expect(shard.dispatch).toBeGreaterThan(1);
    const attempts = await stand.db.rows(
      sql`SELECT DISTINCT attempts FROM tapekeeper.item WHERE run_id = ${run.id}`,
    );
    expect(attempts).toEqual([{ attempts: 1 }]);
  });

  it('covers nothing that has no row, nor leaves a row of an asked cell uncovered', async () => {
    await open();
    tushare.answer = (question) =>
      honestAnswer(
        question,
        question.shape === 'day' && question.day === DAYS[2] ? SYMBOLS.slice(3) : SYMBOLS,
      );
    await stand.sync({ ...BARS, sources: ['tushare'] });
    const rows = await stand.db.rows<{ day: string; ids: number[] }>(sql`
      SELECT b.trade_date AS day, array_agg(i.id ORDER BY i.id) AS ids
      FROM market.daily_bars b JOIN tapekeeper.instrument i USING (symbol) GROUP BY 1 ORDER BY 1`);
    const covered = await stand.db.rows(sql`
      SELECT d.day, array_agg(i.id ORDER BY i.id) AS ids FROM tapekeeper.coverage_day d
      JOIN tapekeeper.instrument i ON i.id < octet_length(d.members) * 8 AND get_bit(d.members, i.id) = 1 GROUP BY 1 ORDER BY 1`);
    expect(covered).toEqual(rows);
    expect(rows[2]?.ids).toHaveLength(SYMBOLS.length - 3);
  });
});
