import { beforeAll, expect, it } from 'vitest';
import { LOGIN_RULES } from '@tapekeeper/core';
import { createAccessStore } from '../../packages/server/src/store/access/accessStore.ts';
import { connect, sql } from '../../packages/server/src/store/connection.ts';
import { createDatabase } from '../support/database.ts';
import { explaining, type Scan } from '../support/explained.ts';

// What is asked with every request, and every page of a list, costs the same however many there are.

const USERS = 600;
const EACH = 20;
const LIMIT = 50;
const digest = (text: string) => Buffer.from(text.padEnd(32, '.'));

let reads: Scan[];
let store: ReturnType<typeof createAccessStore>;

beforeAll(async () => {
  const database = await createDatabase('access');
  const owner = await connect({
    url: database.ownerUrl,
    max: 1,
    applicationName: 'tests',
    statementTimeoutMs: 60_000,
  });
  await owner.rows(sql`
    INSERT INTO tapekeeper.user_account (name, role) SELECT 'user' || n, 'viewer' FROM generate_series(1, ${USERS}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.session (user_id, digest, proof_version, created_at, expires_at, revoked_at, ip)
    SELECT u.id, sha256(('s' || u.id || '-' || n)::bytea), 1, tapekeeper.now() - n * interval '1 day',
      tapekeeper.now() + (7 - n) * interval '1 day', CASE WHEN n % 2 = 0 THEN tapekeeper.now() END, '10.0.0.1'
    FROM tapekeeper.user_account u, generate_series(1, ${EACH}::int) AS n ORDER BY n DESC`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.api_token (user_id, name, prefix, digest)
    SELECT u.id, 'a', 'tk_', sha256(('t' || u.id || '-' || n)::bytea)
    FROM tapekeeper.user_account u, generate_series(1, ${EACH}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.refresh_token (user_id, family, digest, proof_version, expires_at, used_at)
    SELECT u.id, md5(u.id::text)::uuid, sha256(('r' || u.id || '-' || n)::bytea), 1,
      tapekeeper.now() + (8 - n) * interval '1 day', CASE WHEN n < ${EACH}::int THEN tapekeeper.now() END
    FROM tapekeeper.user_account u, generate_series(1, ${EACH}::int) AS n`);
  await owner.rows(sql`
    INSERT INTO tapekeeper.login_throttle (subject, tries) SELECT 'subject' || n, 1 FROM generate_series(1, 10000) AS n`);
  for (const table of ['user_account', 'session', 'api_token', 'refresh_token', 'login_throttle'])
    await owner.rows(sql`VACUUM (ANALYZE) ${sql.table(`tapekeeper.${table}`)}`);
  await owner.close();
  store = createAccessStore(explaining(database.db, ({ scans }) => reads.push(...scans)));
  return () => database.drop();
}, 60_000);

const page = { before: null, limit: LIMIT };

it.each<[string, () => Promise<unknown>]>([
  ['the user of a session', () => store.sessionUser(digest('s'))],
  ['the user of an API token', () => store.apiTokenUser(digest('t'))],
  [
    'the user of an access token',
    () =>
      store.familyUser({
        family: 'c4ca4238-a0b9-2382-0dcc-509a6f75849b',
        userId: 1,
        proofVersion: 1,
        expiresAt: 0,
      }),
  ],
  ['a login', () => store.userSecrets('user77', '10.9.9.9')],
  ['a try', () => store.admitLogin([{ subject: 'subject5', rule: LOGIN_RULES.account }])],
  ['a good login', () => store.settleLogin(['subject7'], ['subject8'])],
  ['a refresh', () => store.turnRefreshToken(digest('r'), digest('x'), 1000)],
  ['a page of users', () => store.users('user2', LIMIT)],
  ['the sessions of a user', () => store.sessions({ ...page, userId: 5 })],
  ['the sessions of all', () => store.sessions({ ...page, userId: null })],
  ['the tokens of a user', () => store.apiTokens({ ...page, userId: 5 })],
  ['the tokens of all', () => store.apiTokens({ ...page, userId: null })],
  ['a sweep', () => store.sweepAccess(LIMIT)],
])('%s is read by index', async (_, ask) => {
  reads = [];
  await ask();
  expect(reads.length).toBeGreaterThan(0);
  const GROWING = ['user_account', 'session', 'api_token', 'refresh_token', 'login_throttle'];
  expect(reads.filter(({ how, table }) => how === 'Seq Scan' && GROWING.includes(table))).toEqual([]);
  expect(Math.max(...reads.map(({ rowsRead }) => rowsRead))).toBeLessThanOrEqual(8 * LIMIT);
});
