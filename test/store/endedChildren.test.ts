import { expect, it } from 'vitest';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { endRun } from '../../packages/server/src/store/runEnd.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { claimFirst, holdPlan, newRun } from '../conformance/store/stand.ts';
import { useCleanDatabase } from '../support/cleanDatabase.ts';
import { waitingDispatches } from '../support/queue.ts';
import { until } from '../support/until.ts';

const database = useCleanDatabase();

it('wakes a run once when the two that it waits for end at the same time', async () => {
  const { db } = database();
  const store = createStore(db);
  const parent = await holdPlan(store);
  const lists = ['stock_basics', 'trade_calendar'] as const;
  const [one = 0, other = 0] = await store.waitForRuns(
    parent.claim,
    lists.map((dataset) => newRun({ dataset, parentRunId: parent.runId })),
  );
  for (const child of [one, other]) await claimFirst(store, child, 0, parent.workerId);

  let otherHasLooked = false;
  let otherEnds: Promise<unknown> = Promise.resolve();
  await db.transaction(async (tx) => {
    await endRun(tx, one, 'success', null);
    // its end is not committed yet: the other one has to wait for it, or sees it open
    otherEnds = db.transaction(async (otherTx) => {
      await endRun(otherTx, other, 'success', null);
      otherHasLooked = true;
    });
    await until(async () => otherHasLooked || (await lockWaits(db)) > 0);
  });
  await otherEnds;

  const own = (await waitingDispatches(db)).filter((dispatch) => dispatch.runId === parent.runId);
  expect(own).toEqual([{ runId: parent.runId, shardNo: 0, dispatch: 2 }]);
});

async function lockWaits(db: Database): Promise<number> {
  const { waits } = await db.one(sql<{ waits: number }>`
    SELECT count(*) AS waits FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  return waits;
}
