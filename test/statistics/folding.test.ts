import { describe, expect, it } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { foldEndedRuns } from '../../packages/server/src/store/statistics/fold.ts';
import { seededRandom } from '../chaos/random.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { countedFailures, countedSums, keptFailures, keptSums } from './bruteForce.ts';
import { endRandomRuns } from './randomRuns.ts';

const database = useCleanDatabase();
const asTold = (text: string): string => text;

const waiting = async (): Promise<number> =>
  (await database().db.one<{ n: number }>(sql`SELECT count(*)::int AS n FROM tapekeeper.run_ended`)).n;

/** Adds up, in batches of random sizes, until nothing waits. */
async function foldAll(random: () => number, db: Database = database().db): Promise<void> {
  while ((await waiting()) > 0) await foldEndedRuns(db, 1 + Math.floor(random() * 40), asTold);
}

/** The same database for somebody who is killed at one of the statements of a transaction. */
function killedAt(db: Database, statement: number): Database {
  return {
    ...db,
    transaction: (work) =>
      db.transaction((tx) => {
        let done = 0;
        const rows: typeof tx.rows = (query) =>
          done++ === statement ? Promise.reject(new Error('killed')) : tx.rows(query);
        const one: typeof tx.one = (query) =>
          done++ === statement ? Promise.reject(new Error('killed')) : tx.one(query);
        return work({ ...tx, rows, one });
      }),
  };
}

describe('sums over the history of runs', () => {
  it.each([1, 2])('are those of all runs, whoever adds them up and dies of it (seed %i)', async (seed) => {
    const { db } = database();
    const random = seededRandom(seed);
    for (let round = 0; round < 2; round++) {
      await endRandomRuns(db, { random, count: 80 });
      expect(await waiting()).toBe(80);
      // somebody dies at every statement there is, and two others work at once
      for (let statement = 0; statement < 6; statement++) {
        await expect(foldEndedRuns(killedAt(db, statement), 50, asTold)).rejects.toThrow('killed');
        expect(await waiting()).toBe(80 - statement * 2);
        await foldEndedRuns(db, 2, asTold);
      }
      await Promise.all([foldAll(random), foldAll(random)]);
    }
    expect(await keptSums(db)).toEqual(await countedSums(db));
    expect(await keptFailures(db)).toEqual(await countedFailures(db));
  });

  it('hold runs that are removed before they were added up, and while they are', async () => {
    const { db } = database();
    const random = seededRandom(11);
    const ids = await endRandomRuns(db, { random, count: 90 });
    const [sums, failures] = [await countedSums(db), await countedFailures(db)];
    const store = createStore(db);
    const remove = async (from: number, until: number) => {
      for (const id of ids.slice(from, until)) await store.deleteRun(id);
    };
    await remove(0, 20);
    await Promise.all([remove(20, 60), foldAll(random), foldAll(random)]);
    await store.sweepRuns((ids.at(-1) ?? 0) + 1, 1000);
    await foldAll(random);
    expect(await db.rows(sql`SELECT 1 FROM tapekeeper.run`)).toEqual([]);
    expect(await keptSums(db)).toEqual(sums);
    expect(await keptFailures(db)).toEqual(failures);
  });

  it('stay as they are when runs go', async () => {
    const { db } = database();
    const random = seededRandom(12);
    const ids = await endRandomRuns(db, { random, count: 40 });
    await foldAll(random);
    const sums = await keptSums(db);
    const store = createStore(db);
    await store.deleteRun(ids[0] as number);
    await store.sweepRuns((ids.at(-1) ?? 0) + 1, 1000);
    await foldAll(random);
    expect(await keptSums(db)).toEqual(sums);
    expect(await waiting()).toBe(0);
  });

  it('do not count a run whose end was undone', async () => {
    const { db } = database();
    await endRandomRuns(db, { random: seededRandom(13), count: 5 });
    await foldAll(() => 0.5);
    const sums = await keptSums(db);
    const undone = db.transaction(async (tx) => {
      await tx.rows(sql`
        INSERT INTO tapekeeper.run (type, cause, state) SELECT 'export', 'person', 'missed'`);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await foldAll(() => 0.5);
    expect(await keptSums(db)).toEqual(sums);
  });

  it('are not held up by what a message may hold', async () => {
    const { db } = database();
    for (const length of [239, 999]) {
      const message = `${'x'.repeat(length)}😀 \u0001 \\ " \ud7ff`;
      await db.rows(sql`
        INSERT INTO tapekeeper.run (type, cause, state, error)
        VALUES ('export', 'person', 'failed', ${JSON.stringify({ code: 'transport', message })}::jsonb)`);
    }
    expect(await foldEndedRuns(db, 10, asTold)).toBe(2);
  });

  it('keep messages with what is secret masked', async () => {
    const { db } = database();
    await db.rows(sql`
      INSERT INTO tapekeeper.run (type, cause, state, error)
      SELECT 'export', 'person', 'failed', jsonb_build_object('code', 'transport', 'message', 'no ' || n || ' for canary-1')
      FROM generate_series(1, 3) AS n`);
    await foldEndedRuns(db, 10, (text) => text.replaceAll('canary-1', '***'));
    expect(
      await db.rows(sql`SELECT kind, code, fingerprint, message, count FROM tapekeeper.error_group`),
    ).toEqual([
      { kind: 'run', code: 'transport', fingerprint: 'no <n> for ***', message: 'no 3 for ***', count: 3 },
    ]);
  });
});
