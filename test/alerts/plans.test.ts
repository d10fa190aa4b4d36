import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';
import { fillHistory } from '../support/history.ts';

// A look reads every fifteen seconds: what it reads must not grow with the history of runs and incidents.

/** Tables that grow with every run, fire or incident. */
const GROWING = [
  'run',
  'shard',
  'item',
  'step',
  'fire',
  'incident',
  'incident_event',
  'freshness_day',
  'event',
];
const RUNS = 19_000;
const INCIDENTS = 20_000;
/** Runs of a day, of which the failed ones are counted. */
const RUNS_A_DAY = 1440;

let database: TestDatabase;
let owner: Database;
const reads: (Scan & { readonly step: string })[] = [];

beforeAll(async () => {
  database = await createDatabase('alertplans');
  owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await fillHistory(owner, { runs: RUNS, itemsARun: 1 });
  await owner.rows(sql`UPDATE tapekeeper.job SET state = 'enabled'`);
  await owner.rows(sql`
    UPDATE tapekeeper.run r SET job_id = j.id
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS no FROM tapekeeper.job) AS j WHERE j.no = 1 + r.id % 20`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, resolved_at, hold_ms)
    SELECT 'job:' || n % 500, 'stuck', 'warning', 'resolved', at, at, at, 1
    FROM generate_series(1, ${INCIDENTS}::int) AS n, LATERAL (SELECT now() - n * interval '1 hour' AS at) AS time`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.incident_event (incident_id, at, kind)
    SELECT i.id, i.opened_at, event FROM tapekeeper.incident i, unnest(ARRAY['opened', 'noticed', 'resolved']) AS event`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.freshness_day (dataset, day, due_at)
    SELECT dataset, date '2000-01-01' + n, now() FROM generate_series(1, 6000) AS n,
      unnest(ARRAY['daily_bars', 'daily_basics', 'adj_factors']) AS dataset`);
  await owner.rows(sql`VACUUM (ANALYZE)`);
  await walk();
}, 120_000);

afterAll(async () => {
  await owner?.close();
  await database?.drop();
});

async function walk(): Promise<void> {
  let step = '';
  const db = explaining(database.db, ({ scans }) => reads.push(...scans.map((scan) => ({ step, ...scan }))));
  const store = createStore(db);
  const named = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    step = name;
    return work();
  };
  const jobs = await named('alertJobs', () => store.alertJobs());
  await named('failureStreaks', () => store.failureStreaks(jobs.map(({ id }) => id)));
  await named('failureCounts', () => store.failureCounts(24));
  await named('openRunFacts', () => store.openRunFacts());
  await named('newestRuns', () => store.newestRuns(['daily_bars', 'adj_factors', 'quotes']));
  await named('failingChannels', () => store.failingChannels());
  await named('workerSilentMs', () => store.workerSilentMs());
  await named('freshnessDays', () =>
    store.freshnessDays('daily_bars', '2010-01-01' as never, '2010-01-31' as never),
  );
  const [newest] = await named('incidents', () =>
    store.incidents({ states: ['resolved'], before: null, limit: 50 }),
  );
  await named('incidents, deep page', () =>
    store.incidents({ states: ['open', 'resolved'], before: Math.floor(INCIDENTS / 2), limit: 50 }),
  );
  for (const read of [true, false, null])
    await named('page by its place', () => store.incidentPage({ read, offset: 40, limit: 20 }));
  await named('counts', () => store.countIncidents());
  await named('incident', () => store.incident(newest?.id ?? 0));
  await named('timeline', () => store.incidentTimeline(newest?.id ?? 0));
  await named('look', () =>
    store.look({
      at: Date.parse('2100-01-01T00:00:00Z'),
      signals: [],
      absenceMs: 1,
      flapMs: 86_400_000,
      decide: () => ({ incidents: [], dropped: [], events: [], notices: [], summary: [] }),
    }),
  );
}

it('scans no table that grows', () => {
  expect(reads.filter(({ how, table }) => how === 'Seq Scan' && GROWING.includes(table))).toEqual([]);
});

it('reads no more rows than a page has, or a day has runs', () => {
  expect(reads.filter(({ table, rowsRead }) => GROWING.includes(table) && rowsRead > RUNS_A_DAY)).toEqual([]);
});

it('walks over the tables that it means', () => {
  const seen = new Set(reads.map(({ table }) => table));
  expect(['run', 'incident', 'incident_event', 'freshness_day'].filter((table) => !seen.has(table))).toEqual(
    [],
  );
});
