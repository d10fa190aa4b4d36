import { expect, it } from 'vitest';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';

const database = useCleanDatabase();
const DAYS = 400;
const ago = (days: number) => sql`tapekeeper.now() - make_interval(days => ${days}::int)`;
const left = async (table: string): Promise<readonly number[]> =>
  (
    await database().db.rows<{ id: number }>(
      sql`SELECT id FROM ${sql.table(`tapekeeper.${table}`)} ORDER BY id`,
    )
  ).map(({ id }) => id);

async function makeIncident(resolved: number | null, mergedInto: number | null = null): Promise<number> {
  const { db } = database();
  const { id } = await db.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.incident (cause, kind, severity, state, first_seen_at, opened_at, resolved_at, hold_ms, merged_into)
    VALUES (gen_random_uuid()::text, 'no_worker', 'critical', ${resolved === null ? 'open' : 'resolved'}, ${ago(600)}, ${ago(600)},
      ${resolved === null ? null : ago(resolved)}, 0, ${mergedInto}) RETURNING id`);
  await db.rows(sql`
    INSERT INTO tapekeeper.incident_event (incident_id, at, kind) VALUES (${id}, ${ago(600)}, 'opened')`);
  return id;
}

it('resolved incidents go with their events; open ones stay, and those that later ones were merged into', async () => {
  const store = createStore(database().db);
  const open = await makeIncident(null);
  const old = await makeIncident(500);
  const recent = await makeIncident(10);
  const parent = await makeIncident(500);
  const child = await makeIncident(10, parent);
  const both = await makeIncident(500);
  await makeIncident(450, both);
  expect(await store.sweepIncidents(DAYS, 0, 100)).toEqual({ removed: 3, next: null });
  expect(await left('incident')).toEqual([open, recent, parent, child]);
  expect(await left('incident_event')).toHaveLength(4);
  expect(old).toBeGreaterThan(open);
});

it('notices go some time after they were sent or given up, batch by batch; those that wait stay', async () => {
  const { db } = database();
  const store = createStore(db);
  const { channel } = await db.one<{ channel: number }>(sql`
    INSERT INTO tapekeeper.channel (name, kind, settings, language, least_severity, enabled)
    VALUES ('hook', 'webhook', '{}', 'en', 'info', true) RETURNING id AS channel`);
  await db.rows(sql`
    INSERT INTO tapekeeper.notice (channel_id, message, state, created_at, expires_at, ended_at)
    SELECT ${channel}, '{}', CASE WHEN no = 3 THEN 'pending' ELSE 'sent' END, ${ago(500)}, ${ago(499)},
      CASE WHEN no <> 3 THEN ${ago(499)} END FROM generate_series(1, 5) AS no`);
  await db.rows(sql`
    INSERT INTO tapekeeper.notice (channel_id, message, state, created_at, expires_at, ended_at)
    VALUES (${channel}, '{}', 'sent', ${ago(5)}, ${ago(4)}, ${ago(4)})`);
  const first = await store.sweepNotices(DAYS, 0, 2);
  expect(first.removed).toBe(2);
  const second = await store.sweepNotices(DAYS, first.next ?? 0, 2);
  expect(second.removed).toBe(1);
  expect(await store.sweepNotices(DAYS, second.next ?? 0, 2)).toEqual({
    removed: 1,
    next: expect.any(Number),
  });
  const states = await db.rows<{ state: string }>(sql`SELECT state FROM tapekeeper.notice ORDER BY id`);
  expect(states.map(({ state }) => state)).toEqual(['pending', 'sent']);
});

it('days whose freshness was judged long ago go', async () => {
  const { db } = database();
  await db.rows(sql`
    INSERT INTO tapekeeper.freshness_day (dataset, day, due_at, met_at)
    SELECT 'daily_bars', (tapekeeper.now() - make_interval(days => days))::date, tapekeeper.now() - make_interval(days => days), NULL
    FROM unnest('{500, 401, 399, 1}'::int[]) AS days`);
  expect(await createStore(db).sweepFreshness(DAYS)).toEqual({ removed: 2, next: null });
});
