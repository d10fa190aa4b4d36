import { STARTERS } from '@tapekeeper/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { installStarters } from '../../packages/server/src/app/jobs/installStarters.ts';
import { stepJob } from '../../packages/server/src/app/jobs/keepJobs.ts';
import type { JobView } from '../../packages/server/src/ports/jobStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { makeStarterJobs } from '../../packages/server/src/upkeep/starterJobs.ts';
import { createAppStand, type AppStand } from '../support/appStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { createDatabase } from '../support/database.ts';
import { createHandSource } from '../support/handSource.ts';
import { BY_DAY, honestAnswer } from '../support/smallMarket.ts';

const database = useCleanDatabase();
let stand: AppStand;

beforeEach(async () => {
  stand = await standOver(database().db);
});

function standOver(db: AppStand['db']): Promise<AppStand> {
  const tushare = createHandSource({ id: 'tushare', capabilities: BY_DAY, answer: honestAnswer });
  return createAppStand(db, { sources: [tushare] });
}

const none = { states: null, types: null, triggers: null, tag: null, text: null, after: null, limit: 500 };
const allJobs = (): Promise<readonly JobView[]> => stand.deps.store.jobs(none);
const start = (starterJobs: 'core' | 'disabled' | 'none') =>
  makeStarterJobs({ config: { starterJobs }, deps: stand.deps } as Parameters<typeof makeStarterJobs>[0]);

describe('the starters', () => {
  it('are jobs 1, 2 and so on of an empty installation', async () => {
    const fresh = await createDatabase('starters');
    try {
      const { deps } = await standOver(fresh.db);
      await installStarters(deps, { enable: 'none', which: 'new' });
      const jobs = await deps.store.jobs(none);
      expect(jobs.map(({ id, key }) => [id, key])).toEqual(
        STARTERS.map((starter, at) => [at + 1, starter.key]),
      );
    } finally {
      await fresh.drop();
    }
  });

  it('of a start with `core` are due in the future, and only those that keep the data complete', async () => {
    await start('core');
    const { now } = await database().db.one<{ now: number }>(sql`SELECT tapekeeper.now() AS now`);
    const jobs = await allJobs();
    expect(jobs).toHaveLength(STARTERS.length);
    const enabled = jobs.filter((job) => job.state === 'enabled').map((job) => job.key);
    expect(enabled).toEqual(STARTERS.filter((starter) => starter.isCore).map((starter) => starter.key));
    for (const job of jobs.filter(({ next }) => next !== null)) {
      expect(job.next?.scheduledFor).toBeGreaterThan(now);
      expect(job.state).toBe('enabled');
    }
    expect(jobs.find((job) => job.key === 'core_daily')?.next).not.toBeNull();
    expect(jobs.find((job) => job.key === 'sync_daily_data')).toMatchObject({ state: 'enabled', next: null });
  });

  it('of a start with `disabled` are all there and none is due; with `none` there are none', async () => {
    await start('none');
    expect(await allJobs()).toEqual([]);
    await start('disabled');
    expect((await allJobs()).filter((job) => job.state !== 'disabled' || job.next !== null)).toEqual([]);
    expect(await allJobs()).toHaveLength(STARTERS.length);
  });

  it('are made once: what people change or delete stays so, also after an installation that was cut short', async () => {
    const { store } = stand.deps;
    let left = 10;
    const cut = {
      ...store,
      createJob: (...job: Parameters<typeof store.createJob>) => {
        if (left-- === 0) throw new Error('power cut');
        return store.createJob(...job);
      },
    };
    const deps = { ...stand.deps, store: cut };
    await expect(installStarters(deps, { enable: 'core', which: 'new' })).rejects.toThrow('power cut');
    const [first] = await allJobs();
    await stepJob(stand.deps, first?.id ?? 0, 'disable', 'me');
    await start('core');
    expect(await allJobs()).toHaveLength(STARTERS.length);
    expect((await store.job(first?.id ?? 0))?.state).toBe('disabled');
    const retention = await store.jobByKey('retention');
    await store.deleteJob(retention?.id ?? 0, 'me');
    await start('core');
    expect(await store.jobByKey('retention')).toBeUndefined();
    const flow = await store.jobByKey('core_daily');
    await store.deleteJob(flow?.id ?? 0, 'me');
    expect(await installStarters(stand.deps, { enable: 'none', which: 'missing' })).toEqual([
      'core_daily',
      'retention',
    ]);
  });

  it('are made once by two processes that start together', async () => {
    await Promise.all([start('core'), start('core'), start('core')]);
    const keys = (await allJobs()).map((job) => job.key);
    expect(keys.toSorted()).toEqual(STARTERS.map((starter) => starter.key).toSorted());
  });

  it('can be enabled, but for those that wait for a set or a program', async () => {
    await start('disabled');
    const refused: Record<string, string> = {};
    for (const { id, key } of await allJobs()) {
      await stepJob(stand.deps, id, 'enable', 'me').catch((error: { code: string }) => {
        refused[key] = error.code;
      });
    }
    expect(refused).toEqual({
      ...Object.fromEntries(sourcesOtherThanTushare().map((key) => [key, 'unknown_source'])),
      watchlist_history_daily: 'unknown_set',
      news_sync: 'unknown_set',
      example_command: 'command_not_allowed',
    });
  });
});

/** The stand has one source; sets are looked for before sources are. */
function sourcesOtherThanTushare(): readonly string[] {
  return STARTERS.flatMap(({ key, define }) => {
    const { type, params } = define(() => 1);
    const asked = type === 'sync' ? (params.sources ?? []) : [];
    const checked = type === 'source_check' && params.source !== undefined ? [params.source] : [];
    return [...asked, ...checked].some((source) => source !== 'tushare') ? [key] : [];
  });
}
