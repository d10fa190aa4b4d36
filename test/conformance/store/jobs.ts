import { scheduleOf, type JobDefinition, type Trigger } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import type { NextMoment, NewJob } from '../../../packages/server/src/ports/jobStore.ts';
import { sql } from '../../../packages/server/src/store/connection.ts';
import { syncJob } from '../../support/jobDefinition.ts';
import { newRun, type Stand } from './stand.ts';

const HOUR = 3_600_000;
const HOURLY: Trigger = { kind: 'interval', everySeconds: 3600, anchor: 0 };

/** An hour later for timed triggers. */
const next: NextMoment = ({ definition }, after) =>
  definition.schedule.trigger.kind === 'manual' || definition.schedule.trigger.kind === 'after'
    ? null
    : { scheduledFor: after + HOUR, dueAt: after + HOUR + 5 };

const newJob = (key: string, rest: Partial<NewJob> = {}): NewJob => ({
  key,
  definition: syncJob(HOURLY),
  state: 'enabled',
  author: 'a',
  ...rest,
});

const workflowOf = (...jobIds: readonly number[]): JobDefinition => {
  const { name, description, tags, schedule, policies } = syncJob();
  const nodes = jobIds.map((jobId) => ({
    node: `n${jobId}`,
    jobId,
    dependsOn: [],
    condition: 'success' as const,
  }));
  return {
    type: 'workflow',
    params: { mode: 'parallel', nodes, onFailure: 'stop', mostAtATime: 2 },
    name,
    description,
    tags,
    schedule,
    policies,
  };
};

/** Jobs as people keep them. */
export function describeJobs(stand: Stand): void {
  const create = (key: string, rest: Partial<NewJob> = {}) =>
    stand().store.createJob(newJob(key, rest), next);
  const set = (id: number, state: 'enabled' | 'paused' | 'disabled') =>
    stand().store.setJobState(id, state, 'b', next);
  const change = (id: number, definition: JobDefinition, expected = 1) =>
    stand().store.updateJob(id, { definition, expected, author: 'b' }, next);
  const now = async (): Promise<number> =>
    (await stand().db.one<{ now: number }>(sql`SELECT tapekeeper.now() AS now`)).now;
  const actions = async (id: number) =>
    (await stand().store.jobChanges(id, null, 50)).map(({ action, author, version, state }) => ({
      action,
      author,
      version,
      state,
    }));

  describe('jobs', () => {
    it('have one key each, and none of those that are refused burns a number', async () => {
      const made = await Promise.allSettled(['x', 'x', 'x', 'y'].map((key) => create(key)));
      const refused = made.filter((one) => one.status === 'rejected').map((one) => one.reason);
      expect(refused).toMatchObject([{ code: 'job_exists' }, { code: 'job_exists' }]);
      const ids = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.id] : []));
      const [low = 0, high = 0] = ids.toSorted((a, b) => a - b);
      expect(high).toBe(low + 1);
    });

    it('are due only while enabled and timed, and never for the past', async () => {
      const begun = await now();
      const job = await create('x');
      expect(job.next?.scheduledFor).toBeGreaterThanOrEqual(begun + HOUR);
      expect(job.next?.dueAt).toBe((job.next?.scheduledFor ?? 0) + 5);
      expect((await set(job.id, 'paused')).next).toBeNull();
      expect((await set(job.id, 'enabled')).next?.scheduledFor).toBeGreaterThanOrEqual(begun + HOUR);
      expect((await set(job.id, 'disabled')).next).toBeNull();
      expect((await create('by_hand', { definition: syncJob() })).next).toBeNull();
      expect((await create('off', { state: 'disabled' })).next).toBeNull();
    });

    it('take only the steps of their states; the state that they are in is no step', async () => {
      const { id } = await create('x', { state: 'disabled' });
      await expect(set(id, 'paused')).rejects.toMatchObject({ code: 'bad_job_step' });
      await set(id, 'disabled');
      await set(id, 'enabled');
      await set(id, 'paused');
      await set(id, 'enabled');
      await expect(set(id + 1000, 'enabled')).rejects.toMatchObject({ code: 'unknown_job' });
      expect((await actions(id)).map(({ action }) => action)).toEqual([
        'resumed',
        'paused',
        'enabled',
        'created',
      ]);
    });

    it('keep every version, and refuse changes of a former one', async () => {
      const { store } = stand();
      const { id } = await create('x');
      const renamed = { ...syncJob(HOURLY), name: 'other' };
      const made = await Promise.allSettled([1, 2, 3].map(() => change(id, renamed)));
      expect(made.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      expect((await store.job(id))?.version).toBe(2);
      expect(await change(id, renamed, 2)).toMatchObject({ version: 2 });
      await expect(change(id, renamed, 1)).rejects.toMatchObject({ code: 'job_changed' });
      const versions = await store.jobVersions(id);
      expect(versions.map(({ version, author, definition }) => [version, author, definition.name])).toEqual([
        [2, 'b', 'other'],
        [1, 'a', 'daily bars'],
      ]);
      expect(await store.jobVersions(id, { before: 2, limit: 1 })).toMatchObject([{ version: 1 }]);
      expect(await actions(id)).toEqual([
        { action: 'updated', author: 'b', version: 2, state: 'enabled' },
        { action: 'created', author: 'a', version: 1, state: 'enabled' },
      ]);
    });

    it('lose no due moment by another name, and note the one that another trigger passes over', async () => {
      const { store, db } = stand();
      const { id } = await create('x');
      await db.rows(sql`
        UPDATE tapekeeper.job SET next_scheduled_for = tapekeeper.now() - interval '1 minute',
          next_fire_at = tapekeeper.now() - interval '1 minute' WHERE id = ${id}`);
      const due = (await store.job(id))?.next;
      const renamed = await change(id, { ...syncJob(HOURLY), name: 'other' });
      expect(renamed.next).toEqual(due);
      const begun = await now();
      const moved = await change(id, syncJob({ kind: 'interval', everySeconds: 60, anchor: 0 }), 2);
      expect(moved.next?.scheduledFor).toBeGreaterThan(begun);
      expect((await store.jobChanges(id, null, 1))[0]?.detail).toEqual({ passedOver: due?.scheduledFor });
    });

    it('are due after what was decided, should the clock have gone back', async () => {
      const { db } = stand();
      const { id } = await create('x', { state: 'disabled' });
      await db.rows(sql`
        INSERT INTO tapekeeper.fire (job_id, scheduled_for, until, decision, reason)
        VALUES (${id}, tapekeeper.now(), tapekeeper.now() + interval '1 day', 'skipped', 'job_busy')`);
      expect((await set(id, 'enabled')).next?.scheduledFor).toBeGreaterThan((await now()) + 24 * HOUR);
    });

    it('leave with their key, and stay while a run or another job needs them', async () => {
      const { store } = stand();
      const first = await create('first');
      const over = await create('over', { definition: workflowOf(first.id) });
      const behind = await create('behind', { definition: syncJob({ kind: 'after', jobId: first.id }) });
      await expect(store.deleteJob(first.id, 'b')).rejects.toMatchObject({
        code: 'job_in_use',
        details: { users: 'behind, over' },
      });
      await store.deleteJob(over.id, 'b');
      await store.deleteJob(behind.id, 'b');
      const run = await store.createRun(newRun({ jobId: first.id, jobVersion: 1 }));
      await expect(store.deleteJob(first.id, 'b')).rejects.toMatchObject({
        code: 'job_busy',
        details: { run },
      });
      await stand().db.rows(sql`UPDATE tapekeeper.run SET state = 'cancelled' WHERE id = ${run}`);
      await store.deleteJob(first.id, 'b');
      expect(await store.jobByKey('first')).toBeUndefined();
      await expect(store.deleteJob(first.id, 'b')).rejects.toMatchObject({ code: 'unknown_job' });
      expect((await actions(first.id))[0]).toMatchObject({ action: 'deleted', state: 'disabled' });
      expect((await create('first')).id).not.toBe(first.id);
      expect(await store.everUsedKeys(['over', 'first', 'never'])).toEqual(['first', 'over']);
    });

    it('refer only to jobs that are there, and never come back to themselves', async () => {
      const { store } = stand();
      const a = await create('a');
      const b = await create('b', { definition: syncJob({ kind: 'after', jobId: a.id }) });
      await expect(change(a.id, syncJob({ kind: 'after', jobId: b.id }))).rejects.toMatchObject({
        code: 'job_loop',
        details: { path: 'a -> b -> a' },
      });
      await expect(
        create('w', {
          definition: { ...workflowOf(a.id), schedule: scheduleOf({ kind: 'after', jobId: b.id }) },
        }),
      ).rejects.toMatchObject({ code: 'job_loop', details: { path: 'w -> a -> b -> w' } });
      await store.deleteJob(b.id, 'x');
      await expect(
        create('c', { definition: syncJob({ kind: 'after', jobId: b.id }) }),
      ).rejects.toMatchObject({ code: 'unknown_job' });
      expect(await store.jobByKey('c')).toBeUndefined();
    });

    it('close no loop together when they are changed at the same time', async () => {
      const [a, b, c] = [await create('a'), await create('b'), await create('c')];
      const changed = await Promise.allSettled([
        change(a.id, syncJob({ kind: 'after', jobId: b.id })),
        change(b.id, syncJob({ kind: 'after', jobId: c.id })),
        change(c.id, syncJob({ kind: 'after', jobId: a.id })),
      ]);
      expect(changed.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    });

    it('are listed page by page with their last run, by what one looks for', async () => {
      const { store, db } = stand();
      const all = [
        await create('alpha', { definition: { ...syncJob(HOURLY), tags: ['core', 'x'], name: '日线' } }),
        await create('beta', { state: 'disabled' }),
        await create('gamma', { definition: { ...syncJob(), name: 'By Hand' } }),
      ];
      const [alpha] = all;
      await store.createRun(newRun({ jobId: alpha?.id ?? 0 }));
      const last = await store.createRun(newRun({ jobId: alpha?.id ?? 0 }));
      await db.rows(sql`UPDATE tapekeeper.run SET state = 'cancelled' WHERE id = ${last}`);
      const none = {
        states: null,
        types: null,
        triggers: null,
        tag: null,
        text: null,
        after: null,
        limit: 50,
      };
      const keys = async (filter: object) => (await store.jobs({ ...none, ...filter })).map((job) => job.key);
      expect(await keys({})).toEqual(['alpha', 'beta', 'gamma']);
      expect(await keys({ limit: 1, after: alpha?.id })).toEqual(['beta']);
      expect(await keys({ states: ['disabled'] })).toEqual(['beta']);
      expect(await keys({ triggers: ['manual'], types: ['sync'] })).toEqual(['gamma']);
      expect(await keys({ types: ['workflow'] })).toEqual([]);
      expect(await keys({ tag: 'core' })).toEqual(['alpha']);
      expect(await keys({ text: '日' })).toEqual(['alpha']);
      expect(await keys({ text: 'BY h' })).toEqual(['gamma']);
      expect(await keys({ text: '%' })).toEqual([]);
      expect((await store.jobs(none))[0]).toMatchObject({
        openRuns: 1,
        lastRun: { id: last, state: 'cancelled', startedAt: null },
      });
      expect(await store.jobCounts()).toEqual({ enabled: 2, paused: 0, disabled: 1 });
    });

    it('tell what was done last at a time', async () => {
      const { store } = stand();
      const before = (await now()) - 1;
      const { id } = await create('x');
      await set(id, 'paused');
      expect(await store.jobChangeAt(id, before)).toBeUndefined();
      expect(await store.jobChangeAt(id, await now())).toMatchObject({ action: 'paused', author: 'b' });
      const [, created] = await store.jobChanges(id, null, 2);
      expect(await store.jobChanges(id, created?.id ?? 0, 5)).toEqual([]);
      expect(await store.jobChanges(id, (created?.id ?? 0) + 1, 5)).toHaveLength(1);
    });

    it('make the group that they name, and leave an event of each change', async () => {
      const { db } = stand();
      const { policies } = syncJob();
      const { id } = await create('x', {
        definition: { ...syncJob(), policies: { ...policies, group: 'tushare' } },
      });
      await set(id, 'paused');
      const groups = await db.rows(sql`SELECT name, most FROM tapekeeper.concurrency_group`);
      expect(groups).toEqual([{ name: 'tushare', most: 1 }]);
      const events = await db.rows<{ payload: object }>(
        sql`SELECT payload FROM tapekeeper.event_outbox WHERE topic = 'job' ORDER BY id`,
      );
      expect(events.map(({ payload }) => payload)).toMatchObject([
        { jobId: id, key: 'x', action: 'created', state: 'enabled' },
        { jobId: id, key: 'x', action: 'paused', state: 'paused' },
      ]);
    });
  });
}
