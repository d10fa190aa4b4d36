import { describe, expect, it } from 'vitest';
import type { RunId } from '../../packages/server/src/ports/runStore.ts';
import type { Database, RawBuilder, Transaction } from '../../packages/server/src/store/connection.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { endRun } from '../../packages/server/src/store/runEnd.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { claimFirst } from '../conformance/store/stand.ts';
import { emptyTables, useCleanDatabase } from '../support/cleanDatabase.ts';
import { faultyStore } from '../support/faultyStore.ts';
import { addWorker, ageShards, ageWorker, takeDispatch, waitingDispatches } from '../support/queue.ts';
import { until } from '../support/until.ts';
import { addJob, endOf, exampleJob, nodeOf, workflowOf } from './jobs.ts';
import { allWellBut, createWorkflowStand, type WorkflowStand } from './workflowStand.ts';

const database = useCleanDatabase();

/** More calls or statements than any of these makes. */
const ENOUGH = 100;
/** Some dozens of whole workflows, on a machine that is busy. */
const LONG_MS = 120_000;

/** a, then b and c, then d; b fails, and the rest goes on. */
async function startDiamond(stand: WorkflowStand): Promise<RunId> {
  const jobId = await addJob(stand.store, 'example', exampleJob({ mostRuns: 10 }));
  const nodes = [
    nodeOf('a', jobId),
    nodeOf('b', jobId, ['a']),
    nodeOf('c', jobId, ['a']),
    nodeOf('d', jobId, ['b', 'c']),
  ];
  return stand.start(workflowOf(nodes, { onFailure: 'continue' }));
}

async function workOffWithRescue(stand: WorkflowStand): Promise<void> {
  do {
    await stand.workOff(allWellBut({ b: 'failed' }));
    await ageShards(stand.app.db, 5000);
    await stand.app.rescue();
  } while ((await waitingDispatches(stand.app.db)).length > 0);
}

async function expectDiamond(stand: WorkflowStand, id: RunId, place: string): Promise<void> {
  const nodes = (await stand.store.nodeRuns(id)).map(({ node, state }) => `${node} ${state}`);
  const expected = ['a success', 'b failed', 'c success', 'd skipped'];
  expect([place, nodes.toSorted()]).toEqual([place, expected]);
  expect([place, (await stand.run(id)).state]).toEqual([place, 'success_with_errors']);
}

describe('a workflow', () => {
  it.each(['before', 'after'] as const)(
    'ends as ever when any one call of the store fails, %s it is done',
    { timeout: LONG_MS },
    async (when) => {
      const { db } = database();
      const struck: string[] = [];
      for (let nth = 1; nth < ENOUGH; nth++) {
        await emptyTables(db);
        const faulty = faultyStore(createStore(db));
        const stand = await createWorkflowStand(db, () => faulty.store);
        const id = await startDiamond(stand);
        faulty.arm({ nth, when });
        await workOffWithRescue(stand);
        const name = faulty.struck();
        await expectDiamond(stand, id, `call ${nth}: ${name ?? 'none'}`);
        if (name === undefined) break;
        struck.push(name);
      }
      expect(struck.length).toBeLessThan(ENOUGH - 1);
      expect(struck).toEqual(
        expect.arrayContaining(['claimShard', 'nodeRuns', 'advanceWorkflow', 'endTask']),
      );
    },
  );

  it(
    'doubles and forgets no node when its worker dies at any statement of a step',
    { timeout: LONG_MS },
    async () => {
      const { db } = database();
      let statements = 0;
      for (let last = 1; last < ENOUGH; last++) {
        await emptyTables(db);
        const stand = await createWorkflowStand(db);
        const id = await startDiamond(stand);
        const dispatch = await takeDispatch(db);
        const dying = await addWorker(stand.store, 'dying');
        const claim = await claimFirst(stand.store, id, 0, dying, dispatch?.dispatch);
        const step = {
          start: [{ node: 'a', jobId: await firstJob(stand) }],
          skip: [],
          seenEnded: 0,
        };
        const died = await createStore(dyingAt(db, last))
          .advanceWorkflow(claim, step)
          .then(() => false)
          .catch(() => true);
        await ageWorker(db, dying, 60_000);
        await workOffWithRescue(stand);
        await expectDiamond(stand, id, `statement ${last}`);
        if (!died) break;
        statements = last;
      }
      expect(statements).toBeGreaterThan(5);
      expect(statements).toBeLessThan(ENOUGH - 1);
    },
  );

  it('is advanced by one of two workers that have the same dispatch', async () => {
    const { db } = database();
    const stand = await createWorkflowStand(db);
    const id = await startDiamond(stand);
    const workers = [await addWorker(stand.store), await addWorker(stand.store)];
    const claims = await Promise.all(
      workers.map((workerId) => stand.store.claimShard({ runId: id, shardNo: 0, dispatch: 1, workerId })),
    );
    expect(claims.filter((one) => one !== undefined).length).toBe(1);
  });

  it('is not advanced by a worker that was given up meanwhile', async () => {
    const { db } = database();
    const stand = await createWorkflowStand(db);
    const id = await startDiamond(stand);
    await takeDispatch(db);
    const frozen = await addWorker(stand.store, 'frozen');
    const stale = await claimFirst(stand.store, id, 0, frozen);
    await ageWorker(db, frozen, 60_000);
    expect(await stand.app.rescue()).toMatchObject([{ runId: id, why: 'silent_worker' }]);
    await stand.workOff(allWellBut({ a: 'left' }));
    const step = { start: [{ node: 'b', jobId: await firstJob(stand) }], skip: [], seenEnded: 0 };
    await expect(stand.store.advanceWorkflow(stale, step)).rejects.toMatchObject({ code: 'lease_lost' });
    expect(await stand.states(id)).toEqual({ a: 'running' });
  });
});

describe('the end of a node and the sleep of its workflow at the same moment', () => {
  /** A workflow that has been woken once, and the claim of a node that is about to end. */
  const open = async () => {
    const { db } = database();
    const stand = await createWorkflowStand(db);
    const jobId = await addJob(stand.store, 'example', exampleJob({ mostRuns: 10 }));
    const id = await stand.start(workflowOf([nodeOf('a', jobId)]));
    const { workerId } = stand.app;
    const step = { start: [{ node: 'a', jobId }], skip: [], seenEnded: 0 };
    await stand.store.advanceWorkflow(await claimFirst(stand.store, id, 0, workerId), step);
    const node = await stand.node(id, 'a');
    const child = await claimFirst(stand.store, node.runId, 0, workerId);
    // held again, as after the end of another node
    await db.rows(sql`UPDATE tapekeeper.shard SET waits_for_runs = false, dispatch = 2 WHERE run_id = ${id}`);
    const claim = await claimFirst(stand.store, id, 0, workerId, 2);
    const wakes = async () =>
      (await waitingDispatches(db)).some(({ runId, dispatch }) => runId === id && dispatch > 2);
    return { db, stand, step, claim, child, wakes };
  };

  it('wake it when the node has ended first, but is not committed yet', async () => {
    const { db, stand, step, claim, child, wakes } = await open();
    let sleep: Promise<void> = Promise.resolve();
    await db.transaction(async (tx) => {
      await endRun(tx, child.runId, 'success', null);
      let asleep = false;
      sleep = stand.store.advanceWorkflow(claim, step).then(() => void (asleep = true));
      await until(async () => asleep || (await lockWaits(db)) > 0);
    });
    await sleep;
    expect(await wakes()).toBe(true);
  });

  it('wake it when it sleeps first, but is not committed yet', async () => {
    const { db, stand, step, claim, child, wakes } = await open();
    let endsNode: Promise<unknown> = Promise.resolve();
    const slow = beforeCommit(db, async () => {
      let hasEnded = false;
      endsNode = stand.store.endTask(child, endOf('success')).then(() => (hasEnded = true));
      await until(async () => hasEnded || (await lockWaits(db)) > 0);
    });
    await createStore(slow).advanceWorkflow(claim, step);
    await endsNode;
    expect(await wakes()).toBe(true);
  });
});

async function firstJob(stand: WorkflowStand): Promise<number> {
  const job = await stand.store.jobByKey('example');
  return job?.id ?? 0;
}

async function lockWaits(db: Database): Promise<number> {
  const { waits } = await db.one(sql<{ waits: number }>`
    SELECT count(*)::int AS waits FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  return waits;
}

/** The same database, whose transactions do something more before they are committed. */
function beforeCommit(db: Database, work: () => Promise<void>): Database {
  return {
    ...db,
    transaction: (inner) =>
      db.transaction(async (tx) => {
        const result = await inner(tx);
        await work();
        return result;
      }),
  };
}

/** The same database for a worker that dies after so many statements of a transaction. */
function dyingAt(db: Database, last: number): Database {
  let done = 0;
  const rowsOf =
    (tx: Transaction) =>
    async <T>(query: RawBuilder<T>): Promise<T[]> => {
      const rows = await tx.rows(query);
      if (++done === last) throw new Error('died');
      return rows;
    };
  return {
    ...db,
    transaction: (inner) =>
      db.transaction((tx) => {
        const rows = rowsOf(tx);
        const maybe = async <T>(query: RawBuilder<T>): Promise<T | undefined> => (await rows(query))[0];
        const one = async <T>(query: RawBuilder<T>): Promise<T> => (await rows(query))[0] as T;
        return inner({ ...tx, rows, maybe, one });
      }),
  };
}
