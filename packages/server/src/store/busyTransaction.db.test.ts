import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.ts';
import { busyTransaction } from './busyTransaction.ts';
import { connect, sql, type Database } from './connection.ts';

let database: TestDatabase;
let owner: Database;
let hasty: Database;

beforeAll(async () => {
  database = await createDatabase('busy');
  const options = { max: 2, applicationName: 'tests' };
  owner = await connect({ ...options, url: database.ownerUrl, statementTimeoutMs: 20_000 });
  hasty = await connect({ ...options, url: database.ownerUrl, statementTimeoutMs: 100 });
  await owner.rows(sql`CREATE TABLE market.thing (id int PRIMARY KEY)`);
  await owner.rows(sql`INSERT INTO market.thing VALUES (1), (2)`);
});
afterAll(async () => {
  await hasty.close();
  await owner.close();
  await database.drop();
});

const lockOf = (id: number) => sql`SELECT 1 FROM market.thing WHERE id = ${id} FOR UPDATE`;

it('says busy of a statement that took too long', async () => {
  const slow = busyTransaction(hasty, (tx) => tx.rows(sql`SELECT pg_sleep(60)`));
  await expect(slow).rejects.toMatchObject({ code: 'database_busy', details: { state: '57014' } });
});

it('says busy of a lock that was not given in time', async () => {
  await owner.transaction(async (tx) => {
    await tx.rows(lockOf(1));
    const waiting = busyTransaction(owner, async (other) => {
      await other.rows(sql`SET LOCAL lock_timeout = '50ms'`);
      await other.rows(lockOf(1));
    });
    await expect(waiting).rejects.toMatchObject({ code: 'database_busy', details: { state: '55P03' } });
  });
});

it('says busy of the one that a deadlock gives up', async () => {
  const both = Promise.withResolvers<void>();
  let holding = 0;
  const crossing = (first: number, second: number) =>
    busyTransaction(owner, async (tx) => {
      await tx.rows(lockOf(first));
      if (++holding === 2) both.resolve();
      await both.promise;
      await tx.rows(lockOf(second));
    });
  const ends = await Promise.allSettled([crossing(1, 2), crossing(2, 1)]);
  const failed = ends.filter((end) => end.status === 'rejected');
  expect(failed.map(({ reason }) => reason as unknown)).toMatchObject([
    { code: 'database_busy', details: { state: '40P01' } },
  ]);
});

it('leaves all other errors as they are', async () => {
  const twice = busyTransaction(owner, (tx) => tx.rows(sql`INSERT INTO market.thing VALUES (1)`));
  await expect(twice).rejects.toMatchObject({ code: '23505' });
});
