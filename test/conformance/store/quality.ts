import { plainDay, type PlainDay, type Row } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { NewAcceptedHole, QuarantineFilter } from '../../../packages/server/src/ports/qualityStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { DAYS, rowOf } from '../../support/smallMarket.ts';
import { tableContents } from '../../support/tableContents.ts';
import { commitOnce, type Stand } from './stand.ts';

const [FIRST, SECOND] = DAYS as [PlainDay, PlainDay];
const ALL: QuarantineFilter = {
  state: 'held',
  dataset: null,
  rule: null,
  source: null,
  runId: null,
  symbol: null,
  before: null,
  limit: 100,
};

const holeOf = (cells: NewAcceptedHole['cells'], rest: Partial<NewAcceptedHole> = {}): NewAcceptedHole => ({
  dataset: 'daily_bars',
  symbols: null,
  from: FIRST,
  to: SECOND,
  reason: 'never published',
  author: 'someone',
  cells,
  ...rest,
});

/** What people do about quality. */
export function describeQuality(stand: Stand): void {
  const kinds = async () =>
    (
      await stand().db.rows<{ text: string }>(sql`
        SELECT instrument_id || ' ' || day || ' ' || source || ' ' || kind AS text FROM tapekeeper.coverage_exception ORDER BY 1`)
    ).map(({ text }) => text);

  describe('accepted holes', () => {
    it('leave cells that are explained already as they are, and count only the others', async () => {
      const { store } = stand();
      await commitOnce(store, {
        gains: [
          {
            kind: 'exception',
            dataset: 'daily_bars',
            source: 'tushare',
            instrumentId: 1,
            day: FIRST,
            exception: 'absent',
          },
        ],
      });
      const hole = await store.acceptHole(
        holeOf([1, 2].map((instrumentId) => ({ instrumentId, day: FIRST }))),
      );
      expect(hole).toMatchObject({ cells: 1, author: 'someone', revokedAt: null });
      expect(await kinds()).toEqual([`1 ${FIRST} tushare absent`, `2 ${FIRST} * accepted`]);
    });

    it('that would take nothing leave nothing behind', async () => {
      const { db, store } = stand();
      await store.acceptHole(holeOf([{ instrumentId: 1, day: FIRST }]));
      const before = await tableContents(db);
      expect(await store.acceptHole(holeOf([{ instrumentId: 1, day: FIRST }]))).toBeUndefined();
      expect(await store.acceptHole(holeOf([]))).toBeUndefined();
      expect(await tableContents(db)).toEqual(before);
    });

    it('share the cells of two who accept at once', async () => {
      const { store } = stand();
      const cells = Array.from({ length: 300 }, (_, at) => ({ instrumentId: at + 1, day: FIRST }));
      const holes = await Promise.all(
        [cells, cells.toReversed(), cells].map((each) => store.acceptHole(holeOf(each))),
      );
      expect(holes.reduce((sum, hole) => sum + (hole?.cells ?? 0), 0)).toBe(300);
      expect(await kinds()).toHaveLength(300);
    });

    it('are revoked once, with all their cells and no others', async () => {
      const { store } = stand();
      const first = await store.acceptHole(holeOf([{ instrumentId: 1, day: FIRST }]));
      await store.acceptHole(holeOf([{ instrumentId: 2, day: FIRST }]));
      const revoked = await store.revokeHole(first?.id ?? 0, 'another');
      expect(revoked).toMatchObject({ revokedBy: 'another', revokedAt: expect.any(Number) });
      expect(await store.revokeHole(first?.id ?? 0, 'another')).toBeUndefined();
      expect(await kinds()).toEqual([`2 ${FIRST} * accepted`]);
      expect(await store.acceptedHole(first?.id ?? 0)).toMatchObject({ revokedBy: 'another' });
    });

    it('and every other change by a person make the number of changes another one', async () => {
      const { store } = stand();
      const seen = [await store.coverageChanges()];
      const hole = await store.acceptHole(holeOf([{ instrumentId: 1, day: FIRST }]));
      seen.push(await store.coverageChanges());
      await store.revokeHole(hole?.id ?? 0, 'another');
      seen.push(await store.coverageChanges());
      expect(new Set(seen).size).toBe(3);
    });
  });

  describe('quarantined rows', () => {
    const hold = async (rows: readonly Row[]) => {
      const { store } = stand();
      const { runId } = await commitOnce(store, {
        quarantined: rows.map((row) => ({
          dataset: 'daily_bars',
          source: 'tushare',
          symbol: String(row['symbol']),
          day: row['trade_date'] as PlainDay,
          rule: 'ohlc_order',
          detail: 'why',
          row,
        })),
      });
      return { runId, ids: (await store.quarantined(ALL)).map(({ id }) => id).toReversed() };
    };
    const row = rowOf('daily_bars', '600001.SH', FIRST);
    const settlementOf = (runId: number, ids: readonly number[], rows: readonly Row[]) =>
      ({
        ids,
        forced: ids,
        releases: [
          {
            runId,
            write: {
              dataset: 'daily_bars',
              source: 'tushare',
              columns: Object.keys(row),
              rows,
              mode: 'replace',
            },
            gains: [
              {
                kind: 'range',
                dataset: 'daily_bars',
                source: 'tushare',
                instrumentId: 1,
                from: FIRST,
                to: FIRST,
                touchesFrom: FIRST,
                touchesTo: FIRST,
              },
            ],
          },
        ],
        author: 'someone',
        reason: 'the exchange says so',
      }) as const;

    it('go in with rows, coverage and mark at once', async () => {
      const { db, store } = stand();
      const { runId, ids } = await hold([row]);
      expect(await store.releaseRows(settlementOf(runId, ids, [row]))).toBe(true);
      expect(await store.storedRows('daily_bars', ['600001.SH'], FIRST, FIRST)).toMatchObject([
        { source: 'tushare', row },
      ]);
      expect(await db.rows(sql`SELECT 1 FROM tapekeeper.coverage_range`)).toHaveLength(1);
      expect(await store.quarantinedRow(ids[0] ?? 0)).toMatchObject({
        state: 'replayed',
        forced: true,
        settledBy: 'someone',
        settledReason: 'the exchange says so',
      });
    });

    it('stay held, all of them, when one is held no longer or the table refuses a row', async () => {
      const { db, store } = stand();
      const { runId, ids } = await hold([row, { ...row, trade_date: SECOND }]);
      expect(await store.discardRows(ids.slice(1), 'a', 'r')).toEqual(ids.slice(1));
      const before = await tableContents(db);
      expect(await store.releaseRows(settlementOf(runId, ids, [row]))).toBe(false);
      await expect(
        store.releaseRows(settlementOf(runId, ids.slice(0, 1), [{ ...row, close: null }])),
      ).rejects.toMatchObject({ code: '23502' });
      expect(await tableContents(db)).toEqual(before);
    });

    it('are let in by one of two at once', async () => {
      const { store } = stand();
      const { runId, ids } = await hold([row]);
      const done = await Promise.all([1, 2, 3].map(() => store.releaseRows(settlementOf(runId, ids, [row]))));
      expect(done.filter(Boolean)).toHaveLength(1);
    });

    it('are counted by data set and rule, up to a limit', async () => {
      const { store } = stand();
      await hold(DAYS.map((day) => ({ ...row, trade_date: day })));
      expect(await store.quarantineCounts('held', 100)).toEqual([
        { dataset: 'daily_bars', rule: 'ohlc_order', rows: DAYS.length },
      ]);
      expect(await store.quarantineCounts('held', 3)).toMatchObject([{ rows: 3 }]);
      expect(await store.quarantineCounts('replayed', 3)).toEqual([]);
    });
  });

  describe('comparisons', () => {
    const begin = () =>
      stand().store.beginReconciliation({
        dataset: 'daily_bars',
        day: plainDay('2024-01-04'),
        seed: 1,
        sampleSize: 5,
        author: 'a',
      });
    const NOTHING = { cells: 0, calls: 0, notes: [], tallies: [], mismatches: [] };
    const ERROR = { code: 'interrupted', message: 'm', details: {} } as const;

    it('end once, as done or as failed', async () => {
      const { store } = stand();
      const id = await begin();
      await store.saveReconciliation(id, { ...NOTHING, cells: 3 });
      await store.failReconciliation(id, ERROR);
      await store.saveReconciliation(id, { ...NOTHING, cells: 9 });
      expect(await store.reconciliation(id)).toMatchObject({ state: 'done', cells: 3, error: null });
    });

    it('whose process is silent have failed, and those that give a sign go on', async () => {
      const { db, store } = stand();
      const [silent, alive] = [await begin(), await begin()];
      await db.rows(
        sql`UPDATE tapekeeper.reconciliation SET alive_at = clock_timestamp() - interval '1 hour'`,
      );
      await store.touchReconciliation(alive);
      expect(await store.failSilentReconciliations(60_000)).toBe(1);
      expect(await store.reconciliation(silent)).toMatchObject({
        state: 'failed',
        error: { code: 'interrupted' },
      });
      expect(await store.reconciliation(alive)).toMatchObject({ state: 'running' });
    });
  });
}
