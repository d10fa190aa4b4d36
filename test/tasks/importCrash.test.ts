import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@tapekeeper/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { DAYS, SYMBOLS } from '../support/smallMarket.ts';
import { createImportStand, tushareFile } from './importStand.ts';

const database = useCleanDatabase();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tapekeeper-imports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A worker that dies after some statement, once: its later ones fail as those of a lost claim do. */
function dying(at: keyof Store, when: 'before' | 'after') {
  let isArmed = false;
  let isDead = false;
  return {
    arm: () => void (isArmed = true),
    revive: () => void (isDead = false),
    store: (store: Store): Store =>
      new Proxy(store, {
        get(target, name: keyof Store) {
          const call = target[name] as (...args: unknown[]) => Promise<unknown>;
          return async (...args: unknown[]) => {
            const killed = () => new AppError('lease_lost', { run: 0, shard: 0 });
            if (isDead) throw killed();
            if (name !== at || !isArmed) return call.apply(target, args);
            isArmed = false;
            if (when === 'before') {
              isDead = true;
              throw killed();
            }
            await call.apply(target, args);
            isDead = true;
            throw killed();
          };
        },
      }),
  };
}

it.each([
  ['before its rows are written', 'commitItems', 'before'],
  ['when its rows are written', 'commitItems', 'after'],
  ['when all is done but the end of the run', 'endTask', 'before'],
] as const)('a worker that dies %s leaves each row once, and the same counts', async (_, at, when) => {
  const death = dying(at, when);
  const stand = await createImportStand(database().db, folder, { store: death.store });
  const id = await stand.beginImport(tushareFile(SYMBOLS, DAYS));
  death.arm();
  await stand.workOne().catch(() => {});
  death.revive();
  // the worker has fallen silent, and another one takes the run over
  await database().db.rows(
    sql`UPDATE tapekeeper.worker SET heartbeat_at = tapekeeper.now() - interval '1 hour'`,
  );
  await stand.rescue();
  await stand.workOne();
  const run = await stand.run(id);
  expect(run).toMatchObject({
    state: 'success',
    rowsWritten: 63,
    outcomes: { ok: 9 },
    symbolsTotal: 9,
    result: { written: 63 },
  });
  expect(await stand.bars()).toHaveLength(63);
});
