import { readySchema } from '@tapekeeper/contract';
import { AppError } from '@tapekeeper/core';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../packages/server/src/clock.ts';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { createScheduler } from '../../packages/server/src/scheduler/scheduler.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { createHttpStand, type HttpStand } from '../http/httpStand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { until } from '../support/until.ts';

const database = useCleanDatabase();

/** A store of which nothing answers, whatever it is asked. */
const silent = new Proxy({} as Store, { get: () => () => new Promise(() => {}) });
const lost = new Proxy({} as Store, {
  get: () => () => Promise.reject(new AppError('database_unreachable', { host: 'h', message: 'gone.' })),
});
const over =
  (store: Store) =>
  (deps: AppDeps): AppDeps => ({ ...deps, store, clock: systemClock });

async function failedOf(stand: HttpStand): Promise<readonly string[]> {
  const answer = await stand.get('/readyz');
  const { checks } = readySchema.parse(answer.json());
  const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  expect(answer.statusCode).toBe(failed.length === 0 ? 200 : 503);
  return failed;
}

describe.each([
  ['says nothing', silent],
  ['is gone', lost],
])('while the database %s', (_, store) => {
  it('the process is alive, and says in time that it is not ready', async () => {
    const stand = await createHttpStand(database().db, {
      deps: over(store),
      schemaStatus: () => store.ping() as Promise<never>,
    });
    expect((await stand.get('/livez')).statusCode).toBe(200);
    expect(await failedOf(stand)).toEqual(['database', 'schema', 'work', 'scheduler']);
    // whoever watches may show what is good for nothing, and still nobody is asked for
    const shown = await stand.ask({ url: '/readyz', headers: { authorization: 'Bearer void' } });
    expect(shown.statusCode).toBe(503);
  });
});

describe('a scheduler that stands still', () => {
  it('makes every process of the installation red before five seconds have passed', async () => {
    const { db } = database();
    const stand = await createHttpStand(db, { deps: (deps) => ({ ...deps, clock: systemClock }) });
    await db.rows(sql`INSERT INTO tapekeeper.scheduler (boot, node, pid) VALUES (gen_random_uuid(), 'n', 1)`);
    const stoodFor = (seconds: number) =>
      db.rows(
        sql`UPDATE tapekeeper.scheduler SET turned_at = tapekeeper.now() - make_interval(secs => ${seconds})`,
      );
    await stoodFor(2.5);
    expect(await failedOf(stand)).toEqual([]);
    await stoodFor(4.1);
    expect(await failedOf(stand)).toEqual(['scheduler']);
  });

  it('makes its own process red though others go on, and is seen where a turn never ends', async () => {
    const { db } = database();
    let now = 0;
    const stuck = { ...systemClock, monotonic: () => now };
    const hang = Promise.withResolvers<void>();
    let turns = 0;
    const base = await createHttpStand(db);
    const { store } = base.deps;
    const scheduler = createScheduler({
      deps: {
        ...base.deps,
        clock: { ...stuck, sleep: async () => {} },
        store: {
          ...store,
          async msUntilDue() {
            turns += 1;
            if (turns === 3) await hang.promise;
            return null;
          },
        },
      },
      node: 'here',
      pid: 1,
      newBoot: () => '11111111-1111-4111-8111-111111111111',
    });
    const stand = await createHttpStand(db, {
      deps: (deps) => ({ ...deps, clock: systemClock }),
      http: {
        ownTurnMs: () => (scheduler.lastTurnAt === undefined ? null : now - scheduler.lastTurnAt),
      },
    });
    expect(await failedOf(stand)).toEqual([]);
    await scheduler.start();
    await until(async () => turns === 3);
    expect(await failedOf(stand)).toEqual([]);
    now += 4_100;
    expect(await failedOf(stand)).toEqual(['scheduler']);
    hang.resolve();
    await scheduler.stop();
    expect(await failedOf(stand)).toEqual([]);
  });
});
