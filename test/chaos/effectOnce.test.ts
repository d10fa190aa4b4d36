import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import { requestSync, type SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import type { Installation } from '../../packages/server/src/main.ts';
import type { Dispatch } from '../../packages/server/src/ports/engine.ts';
import type { WorkerId } from '../../packages/server/src/ports/runStore.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { Comparison } from '../../scripts/verify/comparison.ts';
import { compareSymbol } from '../../scripts/verify/compareSymbol.ts';
import { addWorker, ageWorker, takeDispatch } from '../support/queue.ts';
import { disagreements } from './agreement.ts';
import { sampleCollections, type Collection } from './collection.ts';
import { openSampleStand } from './sampleStand.ts';
import { openControl, type ChaosDatabase, type Stand } from './stand.ts';

// Work may be done twice; what it does to the tables is done once (R5).

let stand: Stand;
let collections: readonly Collection[];
let database: ChaosDatabase;
let installation: Installation;

beforeAll(async () => {
  stand = await openSampleStand();
  collections = await sampleCollections(stand.world);
});

afterAll(() => stand.stop());

beforeEach(async () => {
  database = await stand.createDatabase();
  installation = await openControl(stand, database.url);
});

afterEach(async () => {
  await installation.close();
  await database.drop();
});

test('an item that two workers execute at the same time has one effect, and both tries are known', async () => {
  const { deps, db } = installation;
  const { request, symbols, truthOf } = firstSymbols(collections[0] as Collection, 6);
  const stale = await addWorker(deps.store, 'stale');
  await planUntilFetch(request, stale);
  const first = (await takeDispatch(db)) as Dispatch;
  const gate = new Gate();
  const late = dispatched(heldBefore(deps, gate), stale, first);
  await gate.reachedBy(1);

  await ageWorker(db, stale, 60_000);
  expect(await deps.store.rescue(15_000)).toEqual([
    { runId: first.runId, shardNo: first.shardNo, why: 'silent_worker' },
  ]);
  const second = (await takeDispatch(db)) as Dispatch;
  const other = await addWorker(deps.store, 'other');
  const good = dispatched(heldBefore(deps, gate), other, second);
  await gate.reachedBy(2);
  gate.open();
  await Promise.all([late, good]);
  await drain(other);

  const tries = await db.rows<{ no: number; begun: number; done: number; by: number }>(sql`
    SELECT i.no, i.attempts AS begun, count(a.*)::int AS done, min(a.worker_id) AS by
    FROM tapekeeper.item i JOIN tapekeeper.attempt a ON a.run_id = i.run_id AND a.item_no = i.no
    WHERE i.run_id = ${first.runId} GROUP BY i.no, i.attempts ORDER BY i.no`);
  expect(tries).toHaveLength(symbols.length);
  expect(tries.every(({ done, by }) => done === 1 && by === other)).toBe(true);
  expect(tries.filter(({ begun }) => begun === 2).length).toBeGreaterThan(0);
  await expectRows(symbols, truthOf);
  expect(await disagreements(db, symbols)).toEqual([]);
});

test('two runs that ask for the same at the same time leave one set of rows', async () => {
  const { deps, db } = installation;
  const { symbols, truthOf, requests } = collections[1] as Collection;
  const request: SyncRequest = { ...(requests[0] as SyncRequest), from: '2024-11-01' };
  const workers = [await addWorker(deps.store, 'one'), await addWorker(deps.store, 'two')];
  const held: Dispatch[] = [];
  for (const worker of workers) {
    await planUntilFetch(request, worker);
    held.push((await takeDispatch(db)) as Dispatch);
  }
  const gate = new Gate();
  const both = held.map((dispatch, at) =>
    dispatched(heldBefore(deps, gate), workers[at] as WorkerId, dispatch),
  );
  await gate.reachedBy(2);
  gate.open();
  await Promise.all(both);
  await drain(workers[0] as WorkerId);

  const states = await Promise.all(held.map(async ({ runId }) => (await deps.store.run(runId))?.state));
  expect(states).toEqual(['success', 'success']);
  const { written, unchanged, stored } = await db.one<{
    written: number;
    unchanged: number;
    stored: number;
  }>(sql`
    SELECT sum(rows_written)::int AS written, sum(rows_unchanged)::int AS unchanged,
      (SELECT count(*)::int FROM market.daily_bars) AS stored
    FROM tapekeeper.shard WHERE run_id = ANY(${held.map(({ runId }) => runId)}::bigint[])`);
  expect([written, unchanged]).toEqual([stored, stored]);
  await expectRows(symbols, truthOf, '2024-11-01');
});

/** Lets through, all at once, those that have come to it. */
class Gate {
  #came = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #opened = Promise.withResolvers<void>();

  pass(): Promise<void> {
    this.#came += 1;
    for (const look of this.#waiting) look();
    return this.#opened.promise;
  }

  reachedBy(count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.#came >= count) resolve();
      };
      this.#waiting.push(look);
      look();
    });
  }

  open(): void {
    this.#opened.resolve();
  }
}

/** The same use cases, whose commits of items wait at the gate. */
function heldBefore(deps: AppDeps, gate: Gate): AppDeps {
  const { store } = deps;
  return {
    ...deps,
    store: {
      ...store,
      async commitItems(claim, commits) {
        await gate.pass();
        return store.commitItems(claim, commits);
      },
    },
  };
}

/** Asks for a sync and works its requirements and its plan off; its fetch shard waits in the queue then. */
async function planUntilFetch(request: SyncRequest, planner: WorkerId): Promise<void> {
  const { deps, db } = installation;
  const run = await requestSync(deps, request);
  for (;;) {
    const { planned } = await db.one<{ planned: boolean }>(sql`
      SELECT EXISTS (SELECT 1 FROM tapekeeper.shard WHERE run_id = ${run} AND kind = 'fetch') AS planned`);
    if (planned) return;
    await dispatched(deps, planner, (await takeDispatch(db)) as Dispatch);
  }
}

/** Works off whatever is still queued. */
async function drain(worker: WorkerId): Promise<void> {
  for (let next = await takeDispatch(installation.db); next; next = await takeDispatch(installation.db)) {
    await dispatched(installation.deps, worker, next);
  }
}

function dispatched(deps: AppDeps, id: WorkerId, dispatch: Dispatch): Promise<void> {
  const connections = createSingleConnections(deps, () => id);
  return runDispatch(deps, { id, connections }, dispatch, new AbortController().signal);
}

function firstSymbols(
  collection: Collection,
  count: number,
): Pick<Collection, 'symbols' | 'truthOf'> & { request: SyncRequest } {
  const symbols = collection.symbols.slice(0, count);
  return { ...collection, symbols, request: { ...(collection.requests[0] as SyncRequest), symbols } };
}

async function expectRows(
  symbols: readonly string[],
  truthOf: Collection['truthOf'],
  from = '',
): Promise<void> {
  const check = new Comparison('rows');
  for (const symbol of symbols) {
    const truth = truthOf(symbol);
    const tables = Object.entries(truth.tables).map(([table, rows]) => {
      return [table, new Map([...rows].filter(([day]) => day >= from))] as const;
    });
    await compareSymbol(check, installation.db, { ...truth, tables: Object.fromEntries(tables) });
  }
  expect(check.values).toBeGreaterThan(0);
  expect(check.examples).toEqual([]);
}
