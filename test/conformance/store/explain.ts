import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { noteVitals } from '../../../packages/server/src/store/explainWorkers.ts';
import { addWorker } from '../../support/queue.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import { claimFirst, commitOf, holdFetch, holdPlan, newItem, newRun, type Stand } from './stand.ts';

const VITALS = {
  rssBytes: 1,
  heapBytes: 1,
  lagP99Ms: 1,
  lagMaxMs: 1,
  stuckMs: 0,
  slots: 2,
  calls: [],
};

export function describeExplain(stand: Stand): void {
  describe('what explanations are made of', () => {
    it('a worker is told with its age, what it holds and how it feels, also after its end if it is named', async () => {
      const { store, db } = stand();
      const { workerId } = await holdPlan(store);
      await noteVitals(db, workerId, VITALS);
      expect(await store.workersFor([])).toMatchObject([
        { id: workerId, stoppedAt: null, shards: 1, vitals: { slots: 2 }, pid: process.pid },
      ]);
      await store.stopWorker(workerId);
      await noteVitals(db, workerId, { ...VITALS, slots: 9 });
      expect(await store.workersFor([])).toEqual([]);
      const [stopped] = await store.workersFor([workerId]);
      expect(stopped).toMatchObject({ id: workerId, vitals: { slots: 2 }, shards: 0 });
      expect(stopped?.stoppedAt).not.toBeNull();
      expect(stopped?.silentMs).toBeGreaterThanOrEqual(0);
    });

    it('an open shard is told with its place in the queue, its items at hand and its last failure', async () => {
      const { store } = stand();
      const ahead = await store.createRun(newRun());
      const held = await holdFetch(store, [newItem(), newItem(), newItem()]);
      await store.takeItems(held.claim, 2);
      const [shard] = await store.openShards(held.runId);
      expect(shard).toMatchObject({ no: 1, kind: 'fetch', source: 'tushare', itemsTotal: 3, itemsOver: 0 });
      expect(shard?.items).toEqual([
        { no: 1, what: '2024-01-04 – 2024-01-12', attempts: 1 },
        { no: 2, what: '2024-01-04 – 2024-01-12', attempts: 1 },
      ]);
      const error = new AppError('not_ready', {});
      const [attempt] = commitOf(1).attempts;
      const tried = { state: 'pending', outcome: null, attempts: [{ ...attempt!, error }], error } as const;
      await store.commitItems(held.claim, [commitOf(1, tried), commitOf(2)]);
      await store.releaseShard(held.claim, 60_000, true);
      const [released] = await store.openShards(held.runId);
      expect(released).toMatchObject({
        workerId: null,
        troubles: 1,
        itemsOver: 1,
        items: [],
        lastFailure: { code: 'not_ready' },
        dispatch: { isTaken: false },
      });
      expect(released?.dispatch?.dueInMs).toBeGreaterThan(50_000);
      expect((await store.openShards(ahead))[0]?.dispatch).toMatchObject({ ahead: 0, isTaken: false });
      const later = await store.createRun(newRun());
      expect((await store.openShards(later))[0]?.dispatch?.ahead).toBeGreaterThanOrEqual(1);
    });

    it('a turn is kept by open runs of the job and the group, and by those that wait before', async () => {
      const { store, db } = stand();
      const { id: jobId } = await db.one<{ id: number }>(sql`
        INSERT INTO tapekeeper.job (key, definition) VALUES ('bars', ${JSON.stringify(syncJob())}::jsonb) RETURNING id`);
      const policies = { ...syncJob().policies, group: 'tushare' };
      const open = await store.createRun(newRun({ jobId, policies }));
      const first = await store.createRun(newRun({ jobId, policies, waitsForTurn: true }));
      const live = { ...policies, priority: 'live' as const };
      const urgent = await store.createRun(newRun({ policies: live, waitsForTurn: true }));
      const self = await store.createRun(newRun({ jobId, policies, waitsForTurn: true }));
      const turn = await store.turnOf({ runId: self, jobId, group: 'tushare', priority: 'normal' });
      expect(turn.ofJob).toMatchObject([{ id: open, jobKey: 'bars', state: 'pending' }]);
      expect(turn.group).toMatchObject({ name: 'tushare', most: 1, runs: [{ id: open }] });
      expect(turn.ahead).toEqual([first, urgent]);
      const ofUrgent = { runId: urgent, jobId: null, group: 'tushare', priority: 'live' } as const;
      expect((await store.turnOf(ofUrgent)).ahead).toEqual([]);
      expect(await store.otherRuns([open, 0])).toMatchObject([{ id: open }]);
    });

    it('children are told while they are open, durations when runs have run to an end', async () => {
      const { store, db } = stand();
      const parent = await store.createRun(newRun());
      const child = await store.createRun(newRun({ cause: 'requirement', parentRunId: parent }));
      expect(await store.openChildren(parent)).toMatchObject([{ id: child }]);
      await db.rows(sql`
        UPDATE tapekeeper.run SET state = 'running', started_at = tapekeeper.now() - interval '4 seconds' WHERE id = ${child}`);
      await db.rows(sql`
        UPDATE tapekeeper.run SET state = 'success', finished_at = started_at + interval '3 seconds' WHERE id = ${child}`);
      expect(await store.openChildren(parent)).toEqual([]);
      expect(await store.pastDurations({ jobId: null, dataset: 'daily_bars' })).toEqual([3000]);
      expect(await store.pastDurations({ jobId: 7, dataset: 'daily_bars' })).toEqual([]);
      expect(await store.pastDurations({ jobId: null, dataset: null })).toEqual([]);
    });

    it('the pace of late is that of the items before the first that is left', async () => {
      const { store } = stand();
      const { runId, claim } = await holdFetch(
        store,
        Array.from({ length: 10 }, () => newItem()),
      );
      expect(await store.recentPace(runId)).toBeNull();
      const taken = await store.takeItems(claim, 6);
      await store.commitItems(
        claim,
        taken.map(({ no }) => commitOf(no)),
      );
      const pace = await store.recentPace(runId);
      expect(pace?.done).toBeCloseTo(6);
      expect(pace?.ms).toBe(180_000);
    });

    it('the lease of a connection is told with the runs that it is used for', async () => {
      const { store } = stand();
      const { runId, workerId } = await holdFetch(store);
      expect(await store.leaseOf('tushare')).toBeUndefined();
      await store.takeLease('tushare', workerId);
      expect(await store.leaseOf('tushare')).toMatchObject({ workerId, runIds: [runId] });
      await store.stopWorker(workerId);
      expect(await store.leaseOf('tushare')).toMatchObject({ workerId: null, runIds: [] });
    });

    it('fires are found by the windows that their stretches meet', async () => {
      const { store, db } = stand();
      const { id } = await db.one<{ id: number }>(sql`
        INSERT INTO tapekeeper.job (key, definition) VALUES ('bars', ${JSON.stringify(syncJob())}::jsonb) RETURNING id`);
      await db.rows(sql`
        INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, due_count, decision, reason)
        VALUES (${id}, '2026-11-20T01:00Z', '2026-11-20T05:00Z', 5, 'missed', 'too_late'),
               (${id}, '2026-11-20T06:00Z', '2026-11-20T06:00Z', 1, 'ran', 'on_time')`);
      const within = async (from: string, to: string) =>
        (await store.firesWithin(id, Date.parse(from), Date.parse(to))).map(({ decision }) => decision);
      expect(await within('2026-11-20T03:00Z', '2026-11-20T03:01Z')).toEqual(['missed']);
      expect(await within('2026-11-20T05:30Z', '2026-11-20T05:31Z')).toEqual([]);
      expect(await within('2026-11-20T00:00Z', '2026-11-21T00:00Z')).toEqual(['missed', 'ran']);
      expect(await store.fireBefore(id, Date.parse('2026-11-20T06:00Z'))).toMatchObject({ dueCount: 5 });
      expect(await store.fireBefore(id, Date.parse('2026-11-20T01:00Z'))).toBeUndefined();
    });

    it('the database tells who is connected, and who waits for nobody', async () => {
      const { store } = stand();
      const { connections, blocked } = await store.databaseActivity();
      expect(connections.map(({ application }) => application)).toContain('tests');
      expect(blocked).toEqual([]);
    });

    it('a run is read with what its steps are read off', async () => {
      const { store } = stand();
      const workerId = await addWorker(store);
      const parent = await store.createRun(newRun());
      const claim = await claimFirst(store, parent, 0, workerId);
      const [child = 0] = await store.waitForRuns(claim, [
        newRun({ dataset: 'trade_calendar', cause: 'requirement', parentRunId: parent }),
      ]);
      const run = await store.run(parent);
      expect(run?.stages).toMatchObject({
        shards: [{ no: 0, kind: 'plan', open: true, held: false, waits: true, symbolsDone: 0 }],
        children: [{ runId: child, dataset: 'trade_calendar', state: 'pending', startedAt: null }],
        steps: [],
      });
      const [newest] = await store.runs({ states: null, dataset: null, before: null, limit: 5 });
      expect(newest?.stages.shards).toHaveLength(1);
    });
  });
}
