import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, sql, type Database } from '../../packages/server/src/store/connection.ts';
import {
  beginOperation,
  finishOperation,
  recordDecision,
} from '../../packages/server/src/store/operations.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const DENIED = { code: '42501' };
const BEGUN = {
  action: 'deleteJob',
  actor: 'ann',
  userId: 1,
  proof: 'session',
  ip: '127.0.0.1',
  userAgent: 'tests',
  requestId: null,
} as const;
const END = {
  kind: 'job',
  id: '1',
  before: null,
  after: null,
  result: 'ok',
  status: 200,
  errorCode: null,
  durationMs: 1,
} as const;

let database: TestDatabase;
let owner: Database;
let admin: Database;
let finished: number;
let begun: number;

beforeAll(async () => {
  database = await createDatabase('audit');
  const open = (url: string) =>
    connect({ url, max: 1, applicationName: 'tests', statementTimeoutMs: 20_000 });
  [owner, admin] = await Promise.all([open(database.ownerUrl), open(database.adminUrl)]);
  finished = await beginOperation(database.db, BEGUN);
  await finishOperation(database.db, finished, END);
  begun = await beginOperation(database.db, BEGUN);
});
afterAll(async () => {
  await Promise.all([owner.close(), admin.close()]);
  await database.drop();
});

const lines = () =>
  database.db.rows<{ id: number; result: string }>(sql`
  SELECT id, result FROM tapekeeper.operation ORDER BY id`);

const attempts = [
  ['change a line', () => sql`UPDATE tapekeeper.operation SET actor = 'nobody' WHERE id = ${finished}`],
  [
    'complete a line twice',
    () => sql`UPDATE tapekeeper.operation SET result = 'failed' WHERE id = ${finished}`,
  ],
  ['open a line again', () => sql`UPDATE tapekeeper.operation SET result = 'unknown' WHERE id = ${finished}`],
  [
    'touch a line without a change',
    () => sql`UPDATE tapekeeper.operation SET id = DEFAULT WHERE id = ${finished}`,
  ],
  [
    'complete a line as somebody else',
    () => sql`UPDATE tapekeeper.operation SET result = 'ok', actor = 'nobody' WHERE id = ${begun}`,
  ],
  [
    'complete a line at another time',
    () => sql`UPDATE tapekeeper.operation SET result = 'ok', at = at - interval '1 day' WHERE id = ${begun}`,
  ],
  ['remove a line', () => sql`DELETE FROM tapekeeper.operation WHERE id = ${finished}`],
  ['remove one that is open', () => sql`DELETE FROM tapekeeper.operation WHERE id = ${begun}`],
  ['empty the log', () => sql`TRUNCATE tapekeeper.operation`],
] as const;

describe.each([
  ['the runtime role', () => database.db],
  ['the owner', () => owner],
  ['a superuser', () => admin],
])('%s', (_, as) => {
  it.each(attempts)('cannot %s', async (what, statement) => {
    const before = await lines();
    await expect(as().rows(statement())).rejects.toMatchObject(
      // the numbers of lines are the database's alone
      what === 'touch a line without a change' ? { code: expect.stringMatching(/^42/) as string } : DENIED,
    );
    expect(await lines()).toEqual(before);
  });
});

it('stays whole when its owner sets triggers aside, as a restore does', async () => {
  for (const db of [owner, admin]) {
    for (const [, statement] of attempts) {
      const attempt = db.transaction(async (tx) => {
        await tx.rows(sql`SET LOCAL session_replication_role = replica`);
        await tx.rows(statement());
      });
      await expect(attempt).rejects.toMatchObject({ code: expect.stringMatching(/^42/) as string });
    }
  }
});

it('can be switched off by nobody who runs the program', async () => {
  for (const statement of [
    sql`ALTER TABLE tapekeeper.operation DISABLE TRIGGER operation_kept`,
    sql`DROP TRIGGER operation_not_emptied ON tapekeeper.operation`,
    sql`DROP FUNCTION tapekeeper.keep_operation() CASCADE`,
    sql`CREATE OR REPLACE FUNCTION tapekeeper.keep_operation() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'`,
    sql`DROP TABLE tapekeeper.operation`,
    sql`SET session_replication_role = replica`,
  ])
    await expect(database.db.rows(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^42/) as string,
    });
});

it('takes new lines, and completes one once', async () => {
  const id = await beginOperation(database.db, BEGUN);
  await finishOperation(database.db, id, END);
  await expect(finishOperation(database.db, id, END)).rejects.toMatchObject(DENIED);
  const object = { kind: 'run', id: '7', before: null, after: null } as const;
  await database.db.transaction((tx) => recordDecision(tx, 'autoRunForced', object));
  expect((await lines()).slice(-2).map(({ result }) => result)).toEqual(['ok', 'ok']);
});
