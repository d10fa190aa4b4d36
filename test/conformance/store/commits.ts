import { AppError, Bitmap, type Row } from '@tapekeeper/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CoverageGain,
  ItemCommit,
  OutcomeException,
  RowWrite,
} from '../../../packages/server/src/ports/runStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { DAYS, rowOf, SPAN } from '../../support/smallMarket.ts';
import { tableContents } from '../../support/tableContents.ts';
import { addWorker } from '../../support/queue.ts';
import { claimFirst, commitOf, expectNothingDone, holdFetch, newItem, type Stand } from './stand.ts';

const [FIRST] = DAYS as [(typeof DAYS)[number]];
const bars = (rows: readonly Row[], mode: RowWrite['mode'] = 'replace'): RowWrite => ({
  dataset: 'daily_bars',
  source: 'tushare',
  columns: Object.keys(rowOf('daily_bars', '600001.SH', FIRST)),
  rows,
  mode,
});
const range = (rest: Partial<CoverageGain> = {}): CoverageGain =>
  ({
    kind: 'range',
    dataset: 'daily_bars',
    source: 'tushare',
    instrumentId: 1,
    ...SPAN,
    touchesFrom: SPAN.from,
    touchesTo: SPAN.to,
    ...rest,
  }) as CoverageGain;

/** A commit that touches every table that a commit can. */
const FULL: Partial<ItemCommit> = {
  writes: [bars(DAYS.map((day) => rowOf('daily_bars', '600001.SH', day)))],
  quarantined: [
    {
      dataset: 'daily_bars',
      source: 'tushare',
      symbol: '600001.SH',
      day: FIRST,
      rule: 'ohlc_order',
      detail: 'why',
      row: { open: 1, 名: '值' },
    },
  ],
  flags: [{ dataset: 'daily_bars', symbol: '600001.SH', day: FIRST, rule: 'limit_exceeded', detail: 'odd' }],
  gains: [
    range(),
    {
      kind: 'day',
      dataset: 'daily_bars',
      source: 'tushare',
      day: FIRST,
      members: Bitmap.of([1, 70]).toBytes(),
      rows: 2,
    },
    {
      kind: 'exception',
      dataset: 'daily_bars',
      source: 'tushare',
      instrumentId: 2,
      day: FIRST,
      exception: 'suspended',
    },
    { kind: 'fresh', dataset: 'stock_basics', source: 'tushare', scope: '*', from: null, through: null },
  ],
  exceptions: [{ instrumentId: 2, outcome: 'suspended', source: 'tushare', cells: 1, detail: null }],
  counts: { ok: 1, suspended: 1 },
  lastSymbol: '600001.SH',
};

/** Ways to make a commit fail late: what a part holds, and how the database refuses it. */
const POISONS: Readonly<Record<string, { readonly commit: Partial<ItemCommit>; readonly code: string }>> = {
  'a row without a price': {
    commit: { writes: [bars([{ ...rowOf('daily_bars', '600002.SH', FIRST), open: null }])] },
    code: '23502',
  },
  'a quarantined row that is no JSON': {
    commit: {
      quarantined: [
        {
          dataset: 'daily_bars',
          source: 'tushare',
          symbol: null,
          day: null,
          rule: 'unreadable',
          detail: '',
          row: { raw: '\0' },
        },
      ],
    },
    code: '22P05',
  },
  'a flag on no day': {
    commit: { flags: [{ dataset: 'daily_bars', symbol: 'x', day: null as never, rule: 'r', detail: '' }] },
    code: '23502',
  },
  'a range that ends before it begins': {
    commit: { gains: [range({ instrumentId: 3, from: SPAN.to, to: SPAN.from })] },
    code: '23514',
  },
  'an outcome that there is not': {
    commit: {
      exceptions: [
        {
          instrumentId: 1,
          outcome: 'lost',
          source: null,
          cells: 1,
          detail: null,
        } as unknown as OutcomeException,
      ],
    },
    code: '23514',
  },
  'an attempt with more calls than a number holds': {
    commit: {
      attempts: [{ source: 'tushare', startedAt: 0, endedAt: 0, calls: 2 ** 40, rows: 0, error: null }],
    },
    code: '22003',
  },
};

/** A commit changes everything that belongs together, once. */
export function describeCommits(stand: Stand): void {
  describe('a commit', () => {
    it('brings rows, quarantine, flags, coverage, outcome, attempt, counters and event', async () => {
      const { store, db } = stand();
      const { runId, claim } = await holdFetch(store);
      const [item] = await store.takeItems(claim, 1);
      expect(await store.commitItems(claim, [commitOf(item?.no ?? 0, FULL)])).toEqual({
        inserted: DAYS.length,
        updated: 0,
        unchanged: 0,
      });

      const count = async (table: string) => (await db.rows(sql`SELECT 1 FROM ${sql.table(table)}`)).length;
      expect(await count('market.daily_bars')).toBe(DAYS.length);
      for (const table of [
        'quarantine',
        'row_flag',
        'coverage_range',
        'coverage_day',
        'coverage_exception',
        'coverage_fresh',
        'symbol_outcome',
        'attempt',
      ]) {
        expect([table, await count(`tapekeeper.${table}`)]).toEqual([table, 1]);
      }
      expect(
        await db.one(
          sql`SELECT state, outcome, counts, rows_written FROM tapekeeper.item WHERE run_id = ${runId}`,
        ),
      ).toEqual({
        state: 'done',
        outcome: 'ok',
        counts: { ok: 1, suspended: 1 },
        rows_written: DAYS.length,
      });
      expect(await db.one(sql`SELECT row->>'名' AS name FROM tapekeeper.quarantine`)).toEqual({ name: '值' });
      expect(await store.run(runId)).toMatchObject({
        itemsDone: 1,
        itemsFailed: 0,
        rowsWritten: DAYS.length,
        rowsUnchanged: 0,
        calls: 1,
        bytes: 10,
        outcomes: { ok: 1, suspended: 1 },
        lastSymbol: '600001.SH',
        lastSource: 'tushare',
      });
      const event = await db.one(
        sql`SELECT topic, payload FROM tapekeeper.event_outbox ORDER BY id DESC LIMIT 1`,
      );
      expect(event).toEqual({
        topic: 'progress',
        payload: {
          runId,
          jobId: null,
          dataset: 'daily_bars',
          parentRunId: null,
          shardNo: 1,
          items: 1,
          rows: DAYS.length,
        },
      });
      expect(await db.rows(sql`SELECT DISTINCT run_id FROM market.daily_bars`)).toEqual([{ run_id: runId }]);
    });

    it.each(Object.entries(POISONS))('that cannot be whole is nothing: %s', async (_, poison) => {
      const { store } = stand();
      const { claim } = await holdFetch(store, [newItem(), newItem()]);
      const [first, second] = await store.takeItems(claim, 2);
      const batch = [commitOf(first?.no ?? 0, FULL), commitOf(second?.no ?? 0, poison.commit)];
      await expectNothingDone(stand(), () => store.commitItems(claim, batch), poison.code);
      // the claim is as good as before
      await store.commitItems(claim, [commitOf(first?.no ?? 0, FULL), commitOf(second?.no ?? 0)]);
      expect(await store.closeShard(claim)).toBe('success');
    });

    it('made again, since its answer was lost on the way, changes nothing', async () => {
      const { store, db } = stand();
      const { claim } = await holdFetch(store, [newItem(), newItem()]);
      const [first, second] = await store.takeItems(claim, 2);
      const batch = [commitOf(first?.no ?? 0, FULL)];
      await store.commitItems(claim, batch);
      const before = await tableContents(db, ['updated_at']);
      expect(await store.commitItems(claim, batch)).toEqual({ inserted: 0, updated: 0, unchanged: 0 });
      expect(await tableContents(db, ['updated_at'])).toEqual(before);
      // with another item beside it, only that one counts
      await store.commitItems(claim, [...batch, commitOf(second?.no ?? 0)]);
      expect(await store.run(claim.runId)).toMatchObject({
        itemsDone: 2,
        calls: 2,
        outcomes: { ok: 2, suspended: 1 },
      });
    });

    it('of an item that another worker has taken over is refused, and its rows stay as that one wrote them', async () => {
      const { store, db } = stand();
      const { runId, workerId, claim } = await holdFetch(store);
      const [item] = await store.takeItems(claim, 1);
      await store.stopWorker(workerId);
      const other = await claimFirst(store, runId, 1, await addWorker(store), 2);
      const [again] = await store.takeItems(other, 1);
      expect(again?.no).toBe(item?.no);
      await store.commitItems(other, [commitOf(again?.no ?? 0, FULL)]);
      const late = commitOf(item?.no ?? 0, {
        writes: [bars([{ ...rowOf('daily_bars', '600001.SH', FIRST), close: 99 }])],
      });
      await expectNothingDone(stand(), () => store.commitItems(claim, [late]), 'lease_lost');
      expect(await db.rows(sql`SELECT no, worker_id FROM tapekeeper.attempt`)).toEqual([
        { no: 1, worker_id: other.workerId },
      ]);
    });

    it('that puts an item back keeps its attempts, and numbers the next ones on', async () => {
      const { store, db } = stand();
      const { claim } = await holdFetch(store);
      const failure = {
        source: 'tushare',
        startedAt: 1,
        endedAt: 2,
        calls: 1,
        rows: 0,
        error: new AppError('empty', { source: 'tushare', question: 'q' }),
      } as const;
      for (const state of ['pending', 'done'] as const) {
        const [item] = await store.takeItems(claim, 1);
        await store.commitItems(claim, [
          commitOf(item?.no ?? 0, { state, attempts: [failure, failure], outcome: null, counts: {} }),
        ]);
      }
      const attempts = await db.rows(sql`SELECT no, error_code FROM tapekeeper.attempt ORDER BY no`);
      expect(attempts).toEqual([1, 2, 3, 4].map((no) => ({ no, error_code: 'empty' })));
    });

    it('keeps the counters equal to what they count', async () => {
      const state = fc.constantFrom('done' as const, 'failed' as const, 'pending' as const);
      const outcome = fc.constantFrom('ok' as const, 'absent' as const, 'failed' as const);
      const change = fc.record({ state, outcome, calls: fc.nat(3), bytes: fc.nat(50) });
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
          async (batches) => {
            const { store, db } = stand();
            const { runId, claim } = await holdFetch(
              store,
              Array.from({ length: 16 }, () => newItem()),
            );
            let calls = 0;
            let bytes = 0;
            for (const batch of batches) {
              const items = await store.takeItems(claim, batch.length);
              const commits = items.map((item, at) => {
                const {
                  state: end,
                  outcome: what,
                  ...spent
                } = batch[at] ?? { state: 'done', outcome: 'ok', calls: 0, bytes: 0 };
                calls += spent.calls;
                bytes += spent.bytes;
                const attempt = {
                  source: 'tushare',
                  startedAt: 0,
                  endedAt: 0,
                  rows: 0,
                  error: null,
                  calls: spent.calls,
                } as const;
                return commitOf(item.no, {
                  state: end,
                  counts: end === 'pending' ? {} : { [what]: 1 },
                  outcome: what,
                  bytes: spent.bytes,
                  attempts: [attempt],
                });
              });
              await store.commitItems(claim, commits);
            }
            const counted = await db.one<{ done: number; failed: number; outcomes: object }>(sql`
            SELECT count(*) FILTER (WHERE state = 'done') AS done, count(*) FILTER (WHERE state = 'failed') AS failed
            FROM tapekeeper.item WHERE run_id = ${runId}`);
            const outcomes = await db.rows<{ key: string; sum: number }>(sql`
            SELECT key, sum(value::int)::int AS sum FROM tapekeeper.item, jsonb_each_text(counts) WHERE run_id = ${runId} GROUP BY key`);
            expect(await store.run(runId)).toMatchObject({
              itemsDone: counted.done,
              itemsFailed: counted.failed,
              calls,
              bytes,
            });
            expect((await store.run(runId))?.outcomes).toEqual(
              Object.fromEntries(outcomes.map(({ key, sum }) => [key, sum])),
            );
          },
        ),
        { numRuns: 12 },
      );
    });
  });
}
