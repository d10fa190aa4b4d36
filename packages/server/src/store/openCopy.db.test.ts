import { once } from 'node:events';
import { from as copyFrom } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startSwitchProxy } from '../../../../test/chaos/database/switchProxy.ts';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { connect, sql } from './connection.ts';
import { openCopy } from './openCopy.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase('open_copy');
});
afterAll(() => database.drop());

test('a session that falls silent in the middle of a COPY fails its transaction, and ends nothing else', async () => {
  const proxy = await startSwitchProxy(Number(new URL(database.url).port));
  onTestFinished(() => proxy.close());
  const url = new URL(database.ownerUrl);
  url.port = String(proxy.port);
  url.searchParams.set('query_timeout', '500');
  const db = await connect({ url: url.href, max: 1, applicationName: 'tests', statementTimeoutMs: 0 });
  const copied = db.transaction(async (tx) => {
    await tx.rows(sql`CREATE TEMP TABLE thing (id int)`);
    proxy.deaden();
    const stream = openCopy(tx.client, copyFrom('COPY thing FROM STDIN'));
    stream.end('1\n');
    await once(stream, 'finish');
  });
  await expect(copied).rejects.toMatchObject({ code: 'database_unreachable' });
  await db.close();
});
