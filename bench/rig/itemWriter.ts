import { plainDay } from '@tapekeeper/core';
import type { ShardClaim } from '../../packages/server/src/ports/runStore.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import { addWorker } from '../../test/support/queue.ts';

/** Runs whose items are committed without any source: what is left is the work of the commits. */
export interface ItemWriter {
  readonly runs: readonly number[];
  /** Commits items of all runs at once for some time, at most so many a second; returns how many a second it was. */
  write(forMs: number, mostASecond: number): Promise<number>;
}

const DAY = plainDay('2024-01-02');
const ITEMS_A_COMMIT = 25;

/** `items` are those of each run; writing more than there are throws. */
export async function openItemWriter(store: Store, runs: number, items: number): Promise<ItemWriter> {
  const workerId = await addWorker(store);
  const claims: ShardClaim[] = [];
  for (let run = 0; run < runs; run++) {
    const runId = await store.createRun({
      type: 'sync',
      dataset: 'daily_bars',
      wish: { dataset: 'daily_bars' },
      params: { from: DAY, to: DAY, symbols: null, sources: ['tushare'], force: false },
      cause: 'person',
      requestedBy: 'bench',
      parentRunId: null,
    });
    const plan = await claim(store, runId, 0, workerId);
    await store.savePlan(plan, planOf(items));
    claims.push(await claim(store, runId, 1, workerId));
  }
  return {
    runs: claims.map(({ runId }) => runId),
    async write(forMs, mostASecond) {
      const startedAt = performance.now();
      let written = 0;
      const go = async (of: ShardClaim): Promise<void> => {
        while (performance.now() - startedAt < forMs) {
          // not `written += await …`, which would forget what the others wrote meanwhile
          const some = await commitSome(store, of);
          written += some;
          const aheadMs = (written / mostASecond) * 1000 - (performance.now() - startedAt);
          if (aheadMs > 1) await new Promise((resolve) => setTimeout(resolve, aheadMs));
        }
      };
      await Promise.all(claims.map(go));
      return (written / (performance.now() - startedAt)) * 1000;
    },
  };
}

async function claim(store: Store, runId: number, shardNo: number, workerId: number): Promise<ShardClaim> {
  const taken = await store.claimShard({ runId, shardNo, dispatch: 1, workerId });
  if (taken === undefined) throw new Error(`shard ${shardNo} of run ${runId} cannot be claimed`);
  return taken.claim;
}

async function commitSome(store: Store, of: ShardClaim): Promise<number> {
  const items = await store.takeItems(of, ITEMS_A_COMMIT);
  if (items.length === 0) throw new Error('the runs have no items left: give them more');
  await store.commitItems(
    of,
    items.map(({ no }) => ({
      itemNo: no,
      state: 'done',
      attempts: [
        {
          source: 'tushare',
          startedAt: 1_700_000_000_000,
          endedAt: 1_700_000_000_050,
          calls: 1,
          rows: 0,
          error: null,
        },
      ],
      writes: [],
      quarantined: [],
      flags: [],
      gains: [],
      outcome: 'ok',
      counts: { ok: 1 },
      exceptions: [],
      error: null,
      bytes: 0,
      lastSymbol: null,
    })),
  );
  return items.length;
}

type Plan = Parameters<Store['savePlan']>[1];

function planOf(items: number): Plan {
  const one = {
    source: 'tushare',
    shape: 'symbol',
    from: DAY,
    to: DAY,
    instrumentId: 1,
    members: null,
  } as const;
  return {
    summary: {
      source: 'tushare',
      sources: ['tushare'],
      shape: 'symbol',
      items,
      calls: items,
      cells: items,
      unservedCells: 0,
      estimatedMs: 0,
    },
    shards: [{ source: 'tushare', symbolsTotal: items, items: Array.from({ length: items }, () => one) }],
    nextRound: null,
    cellsLeft: 0,
  };
}
