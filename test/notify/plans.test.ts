import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { NoticeClaim } from '../../packages/server/src/ports/noticeStore.ts';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import { createNoticeStore } from '../../packages/server/src/store/notices/noticeStore.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { explaining, type ExplainedStatement } from '../support/explained.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { messageOf } from './message.ts';

vi.setConfig({ hookTimeout: 60_000 });

/** Notices that were sent, over some channels, and an incident every ten. */
const SENT = 20_000;
const CHANNELS = 20;
const PAGE = 50;

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase('noticeplans');
  const owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await owner.rows(sql`
    INSERT INTO tapekeeper.channel (name, kind, settings, language, least_severity)
    SELECT 'c' || n, 'webhook', '{"url": "https://example.com/"}', 'en', 'info' FROM generate_series(1, ${CHANNELS}::int) n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.notice (channel_id, incident_id, message, state, attempts, expires_at, ended_at)
    SELECT c.id, n / 10, ${JSON.stringify(messageOf())}::jsonb, 'sent', 1, tapekeeper.now(), tapekeeper.now()
    FROM generate_series(1, ${SENT / CHANNELS}::int) n CROSS JOIN tapekeeper.channel c`);
  await owner.rows(sql`VACUUM (ANALYZE) tapekeeper.notice`);
  await owner.rows(sql`VACUUM (ANALYZE) tapekeeper.channel`);
  await owner.close();
});
afterAll(() => database.drop());

it('looks at what waits, and at a page of what was sent, however much that is', async () => {
  const statements: ExplainedStatement[] = [];
  const store = createNoticeStore(explaining(database.db, (statement) => void statements.push(statement)));
  const claim: NoticeClaim = {
    limit: 16,
    holdMs: 30_000,
    paces: Object.fromEntries(Object.values(testNotifiers()).map(({ kind, pace }) => [kind, pace])) as never,
  };
  expect(await store.claimNotices(claim)).toEqual([]);
  await store.addNotices(messageOf());
  await database.db.rows(sql`
    UPDATE tapekeeper.notice SET expires_at = tapekeeper.now() WHERE state = 'pending' AND channel_id % 4 = 0`);
  const claimed = await store.claimNotices(claim);
  expect(claimed.length).toBeGreaterThan(10);
  for (const notice of claimed) await store.settleNotice(notice, null, null);
  const filter = { channelId: null, incidentId: null, before: null, limit: PAGE };
  const [newest] = await store.notices(filter);
  for (const more of [
    { before: (newest?.id ?? 0) - SENT / 2 },
    { channelId: newest?.channelId ?? 0 },
    { incidentId: 100 },
    { channelId: newest?.channelId ?? 0, before: (newest?.id ?? 0) - SENT / 2 },
  ])
    expect((await store.notices({ ...filter, ...more })).length).toBeGreaterThan(0);
  await store.deleteChannel(newest?.channelId ?? 0);

  const scans = statements.flatMap((one) => one.scans).filter(({ table }) => table === 'notice');
  expect(scans.length).toBeGreaterThan(10);
  expect(scans.filter(({ how }) => how.includes('Seq'))).toEqual([]);
  expect(scans.filter(({ rowsRead }) => rowsRead > PAGE * CHANNELS)).toEqual([]);
});
