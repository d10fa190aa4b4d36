import {
  datasetStatisticsSchema,
  diskForecastSchema,
  errorStatisticsSchema,
  jobStatisticsListSchema,
  jobStatisticsSchema,
  runStatisticsSchema,
  sourceStatisticsSchema,
  workerStatisticsSchema,
} from '@tapekeeper/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFolding } from '../../packages/server/src/app/statistics/folding.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { seededRandom } from '../chaos/random.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { SPAN, SYMBOLS } from '../support/smallMarket.ts';
import { until } from '../support/until.ts';
import { endRandomRuns } from './randomRuns.ts';

const database = useCleanDatabase();
const asTold = (text: string): string => text;
let stand: HttpStand;

beforeEach(async () => {
  stand = await createHttpStand(database().db);
});

const get = async (path: string) => (await stand.get(`/v1/statistics${path}`)).json();
const foldAll = async () => {
  while ((await stand.deps.store.foldEndedRuns(1000, asTold)) > 0);
};
/** All of the random runs end in this window. */
const WINDOW = 'from=2024-11-20&to=2025-03-10';

/** Counts runs as they lie in the table. */
async function counted(where = sql`true`): Promise<{ runs: number; failed: number; rows: number }> {
  return database().db.one(sql`
    SELECT count(*)::int AS runs, count(*) FILTER (WHERE state = 'failed')::int AS failed,
      coalesce(sum((SELECT sum(rows_written) FROM tapekeeper.shard s WHERE s.run_id = run.id)), 0)::int AS rows
    FROM tapekeeper.run WHERE ${where}`);
}

describe('statistics of runs', () => {
  it('of an installation that has done nothing are empty', async () => {
    const statistics = runStatisticsSchema.parse(await get(''));
    expect(statistics).toMatchObject({
      window: { every: 'hour' },
      notCounted: 0,
      figures: { runs: 0, successRate: null, running: { runs: 0, meanMs: null, p50Ms: null } },
      trend: [],
    });
  });

  it('tell what a run did, soon after it has ended', async () => {
    const { id } = await stand.sync({ dataset: 'daily_bars', ...SPAN });
    expect(runStatisticsSchema.parse(await get('')).notCounted).toBeGreaterThan(0);
    const folding = createFolding(stand.deps);
    await folding.start();
    await until(async () => runStatisticsSchema.parse(await get('')).notCounted === 0);
    await folding.stop();

    const run = await stand.run(id);
    const { datasets } = datasetStatisticsSchema.parse(await get('/datasets?last=7d'));
    const bars = datasets.find(({ dataset }) => dataset === 'daily_bars');
    expect(bars?.figures).toMatchObject({
      runs: 1,
      successRate: 1,
      states: { success: 1, failed: 0 },
      causes: { person: 1 },
      rows: { written: run.rowsWritten },
      calls: run.calls,
    });
    expect(bars?.figures.symbols.ok).toBeGreaterThanOrEqual(SYMBOLS.length);
    const exact = (run.finishedAt ?? 0) - (run.startedAt ?? 0);
    expect(Math.abs((bars?.figures.running.p50Ms ?? 0) - exact)).toBeLessThanOrEqual(0.05 * exact + 1);
    expect(bars?.trend).toMatchObject([{ runs: 1, rowsWritten: run.rowsWritten }]);
    const { sources } = sourceStatisticsSchema.parse(await get('/sources'));
    expect(sources.find(({ source }) => source === 'tushare')?.figures.calls).toBeGreaterThanOrEqual(
      run.calls,
    );
    // the folder has looked at the disk too
    const disk = diskForecastSchema.parse(await get('/disk'));
    expect(disk).toMatchObject({
      freeBytes: null,
      growth: null,
      daysLeft: null,
      samples: [{ freeBytes: null }],
    });
    expect(disk.databaseBytes).toBeGreaterThan(1e6);
  });

  it('are the same whatever the window is made of, and after the runs have gone', async () => {
    const ids = await endRandomRuns(database().db, { random: seededRandom(5), count: 150 });
    await foldAll();
    const all = await counted();
    const windows = ['', '&every=month', '&every=day'];
    const told = async () =>
      Promise.all(windows.map(async (every) => runStatisticsSchema.parse(await get(`?${WINDOW}${every}`))));
    const before = await told();
    for (const { figures, trend } of before) {
      expect(figures).toMatchObject({
        runs: all.runs,
        states: { failed: all.failed },
        rows: { written: all.rows },
      });
      expect(trend.reduce((sum, { runs }) => sum + runs, 0)).toBe(all.runs);
      // whole months are more days than what was asked for
      expect({ ...figures, runsPerDay: 0 }).toEqual({ ...before[0]?.figures, runsPerDay: 0 });
    }
    const hours = runStatisticsSchema.parse(await get('?from=2024-12-03T19:00:00Z&to=2024-12-08T14:00:00Z'));
    const exact = sql`finished_at >= '2024-12-03T19:00Z' AND finished_at < '2024-12-08T14:00Z'`;
    expect(hours.figures).toMatchObject({
      runs: (await counted(exact)).runs,
      rows: { written: (await counted(exact)).rows },
    });
    await stand.deps.store.sweepRuns((ids.at(-1) ?? 0) + 1, 1000);
    expect(await told()).toEqual(before);
  });

  it('put jobs in the order that is asked for, page by page', async () => {
    await endRandomRuns(database().db, { random: seededRandom(6), count: 150 });
    await foldAll();
    const rank: Record<string, (figures: (typeof all)[number]['figures']) => number> = {
      runs: ({ runs }) => runs,
      failures: ({ states }) => states.failed + states.successWithErrors,
      running: ({ running }) => running.meanMs ?? 0,
      waiting: ({ waiting }) => waiting.meanMs ?? 0,
      rows: ({ rows }) => rows.written,
      failure_rate: ({ successRate }) => 1 - (successRate ?? 1),
    };
    const { jobs: all } = jobStatisticsListSchema.parse(await get(`/jobs?${WINDOW}`));
    expect(all).toHaveLength(3);
    for (const [sort, figure] of Object.entries(rank)) {
      const paged: typeof all = [];
      for (let after: string | null = ''; after !== null;) {
        const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
        const page = jobStatisticsListSchema.parse(
          await get(`/jobs?${WINDOW}&sort=${sort}&limit=1${cursor}`),
        );
        paged.push(...page.jobs);
        after = page.next;
      }
      expect(new Set(paged.map(({ job }) => job.id))).toEqual(new Set(all.map(({ job }) => job.id)));
      expect(paged).toHaveLength(all.length);
      const figures = paged.map((one) => figure(one.figures));
      expect(figures).toEqual(figures.toSorted((a, b) => b - a));
    }
    const [first] = all;
    const id = first?.job.id ?? 0;
    const one = jobStatisticsSchema.parse(await get(`/jobs/${id}?${WINDOW}`));
    expect(one.figures).toEqual(first?.figures);
    expect(one.job).toMatchObject({ id, key: first?.job.key, name: 'a job' });
    expect(await get(`/jobs/${first?.job.key?.replace(' ', '%20')}?${WINDOW}`)).toMatchObject({
      job: { id },
    });
    expect(one.figures.runs).toBe((await counted(sql`job_id = ${id}`)).runs);
  });

  it('group what went wrong, most frequent first, with the newest run', async () => {
    await endRandomRuns(database().db, { random: seededRandom(7), count: 200 });
    await foldAll();
    const errors = errorStatisticsSchema.parse(await get(`/errors?${WINDOW}`));
    const total = errors.groups.reduce((sum, { count }) => sum + count, 0);
    const { n } = await database().db.one<{ n: number }>(sql`
      SELECT ((SELECT count(*) FROM tapekeeper.run WHERE state = 'failed')
        + (SELECT count(*) FROM tapekeeper.item WHERE state = 'failed'))::int AS n`);
    expect(total).toBe(n);
    const counts = errors.groups.map(({ count }) => count);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
    // two messages that differ in a port and a time are one
    expect(new Set(errors.groups.filter(({ kind }) => kind === 'run').map(({ pattern }) => pattern))).toEqual(
      new Set([
        'The server at <ip>:<port> did not answer within <n> s.',
        'Item <n> has no rows of <symbol> on <day>.',
      ]),
    );
    for (const group of errors.groups) {
      expect(group.trend.reduce((sum, { count }) => sum + count, 0)).toBe(group.count);
      expect(group.count).toBe(group.total);
      expect(Date.parse(group.firstAt)).toBeLessThanOrEqual(Date.parse(group.lastAt));
    }
    const paged = [];
    for (let after: string | null = ''; after !== null;) {
      const cursor: string = after === '' ? '' : `&after=${after}`;
      const page = errorStatisticsSchema.parse(await get(`/errors?${WINDOW}&limit=3${cursor}`));
      paged.push(...page.groups);
      after = page.next;
    }
    expect(paged).toEqual(errors.groups);
    const items = errorStatisticsSchema.parse(
      await get(`/errors?${WINDOW}&kind=item&source=baostock&code=timeout`),
    );
    expect(items.groups).toMatchObject([{ kind: 'item', source: 'baostock', code: 'timeout', pattern: '' }]);
    expect(errorStatisticsSchema.parse(await get('/errors?last=7d')).groups).toEqual([]);
  });

  it('refuse windows, orders and cursors that there are none of', async () => {
    const bad = [
      '?last=5d',
      '?from=yesterday',
      '?last=7d&from=2024-01-01',
      '?last=365d&every=hour',
      '?every=week',
      '?color=red',
      '/jobs?sort=name',
      '/jobs?after=x',
      '/jobs?after=1e999~1',
      '/jobs?limit=0',
      '/errors?kind=shard',
      '/errors?after=1~2~3',
      '/datasets?to=2024-02-30',
    ];
    for (const query of bad) {
      const answer = await stand.get(`/v1/statistics${query}`);
      expect([query, answer.statusCode, answer.json<{ code: string }>().code]).toEqual([
        query,
        400,
        'bad_request',
      ]);
    }
    expect((await stand.get('/v1/statistics/jobs/4711')).statusCode).toBe(404);
    expect((await stand.get('/v1/statistics/jobs/no-such-job')).json()).toMatchObject({
      code: 'unknown_job',
    });
  });
});

it('tells how busy workers, queue and connections are', async () => {
  await database().db.rows(sql`UPDATE tapekeeper.worker SET slots = 3 WHERE id = ${stand.workerId}`);
  const wish = { dataset: 'daily_bars', ...SPAN };
  await stand.post('/v1/runs', wish);
  const load = workerStatisticsSchema.parse(await get('/workers'));
  expect(load).toMatchObject({
    workers: [{ id: stand.workerId, slots: 3, used: 0, free: 3 }],
    slots: { total: 3, used: 0, free: 3 },
    dispatches: { ready: 1, later: 0, atWork: 0 },
    pool: { most: 10, waiting: 0 },
  });
  expect(load.dispatches.oldestReadyMs).toBeGreaterThanOrEqual(0);
  expect(load.connections.open).toBeGreaterThan(0);
  expect(load.connections.most).toBe(150);
});

it('forecasts when the disk is full, from a sample a day', async () => {
  const { db } = database();
  await db.rows(sql`
    INSERT INTO tapekeeper.disk_sample (taken_on, taken_at, database_bytes, free_megabytes)
    SELECT (at AT TIME ZONE 'Asia/Shanghai')::date, at, 1000 * 1024 * 1024 - n * 10 * 1024 * 1024, 500
    FROM generate_series(0, 20) AS n, LATERAL (SELECT tapekeeper.now() - n * interval '1 day' AS at) AS day`);
  await db.rows(sql`
    INSERT INTO tapekeeper.table_statistics (dataset, taken_on, taken_at, run_id, rows, rows_exact, bytes)
    SELECT 'daily_bars', (at AT TIME ZONE 'Asia/Shanghai')::date, at, 1, 1, true, 5000 - n * 100
    FROM generate_series(0, 9) AS n, LATERAL (SELECT tapekeeper.now() - n * interval '1 day' AS at) AS day`);
  const disk = diskForecastSchema.parse(await get('/disk'));
  expect(disk.samples).toHaveLength(21);
  expect(disk.growth?.perDay).toBeCloseTo(10 * 1024 * 1024, -2);
  for (const days of [disk.daysLeft?.expected, disk.daysLeft?.soonest, disk.daysLeft?.latest])
    expect(days).toBeCloseTo(50, 2);
  expect(disk.tables).toMatchObject([
    { dataset: 'daily_bars', bytes: 5000, growth: { perDay: expect.closeTo(100, 3) as number } },
  ]);
  // a later sample of the day takes its place, and what is free is not forgotten by who cannot see it
  await stand.deps.store.sampleDisk(null);
  const again = diskForecastSchema.parse(await get('/disk'));
  expect(again.samples).toHaveLength(21);
  expect(again).toMatchObject({ freeBytes: 500 * 1024 * 1024 });
});
