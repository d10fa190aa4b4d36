import { expect, it } from 'vitest';
import { createStore } from '../../packages/server/src/store/store.ts';
import { sql } from '../../packages/server/src/store/connection.ts';
import { claimFirst, holdPlan, newRun, savePlan } from '../conformance/store/stand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { waitingDispatches } from '../support/queue.ts';

const database = useCleanDatabase();

it('wakes a run once when the two that it waits for end at the same time', async () => {
  const { db } = database();
  const store = createStore(db);
  const parent = await holdPlan(store);
  const lists = ['stock_basics', 'trade_calendar'] as const;
  const children = await store.waitForRuns(
    parent.claim,
    lists.map((dataset) => newRun({ dataset, parentRunId: parent.runId })),
  );
  const claims = await Promise.all(children.map((child) => claimFirst(store, child, 0, parent.workerId)));

  let ended = 0;
  // the parent's shard is held until both ends have come to it, or gone by
  const { ends } = await db.transaction(async (tx) => {
    await tx.rows(sql`SELECT 1 FROM tapekeeper.shard WHERE run_id = ${parent.runId} FOR UPDATE`);
    const ends = claims.map((claim) => savePlan(store, claim, []).then(() => (ended += 1)));
    for (let waiting = 0; waiting + ended < children.length; ) {
      ({ waiting } = await tx.one(sql<{ waiting: number }>`
        SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`));
    }
    return { ends };
  });
  await Promise.all(ends);

  const own = (await waitingDispatches(db)).filter((dispatch) => dispatch.runId === parent.runId);
  expect(own).toEqual([{ runId: parent.runId, shardNo: 0, dispatch: 2 }]);
});
