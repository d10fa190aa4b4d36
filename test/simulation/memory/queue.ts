import type { Instant } from '@tapekeeper/core';
import type { Dispatch } from '../../../packages/server/src/ports/engine.ts';

/** A row of the queue. It is locked while an engine runs it, and for hours after that engine's death. */
export interface QueueRow {
  readonly id: number;
  /** Null once a newer dispatch of the shard has set it aside. */
  key: string | null;
  readonly dispatch: Dispatch;
  readonly isLive: boolean;
  runAt: Instant;
  isLocked: boolean;
}

export interface Queue {
  readonly rows: Map<number, QueueRow>;
  /** Replaces a waiting row of the same shard; a locked one is set aside. */
  add(dispatch: Dispatch, isLive: boolean, runAt: Instant): void;
  waitsFor(runId: number, shardNo: number): QueueRow | undefined;
  /** Rows that may be run now. */
  due(now: Instant): readonly QueueRow[];
  /** Of what is not due yet, the soonest. */
  nextAt(now: Instant): Instant | undefined;
  /** Called after each new row. */
  onAdded: () => void;
}

export function keyOfShard(runId: number, shardNo: number): string {
  return `${runId}:${shardNo}`;
}

/** The queue as graphile-worker keeps it: one waiting row a shard, which outlives whoever asked for it. */
export function createQueue(): Queue {
  const rows = new Map<number, QueueRow>();
  const byKey = new Map<string, QueueRow>();
  let lastId = 0;
  const queue: Queue = {
    rows,
    onAdded: () => {},
    add(dispatch, isLive, runAt) {
      const key = keyOfShard(dispatch.runId, dispatch.shardNo);
      const former = byKey.get(key);
      if (former?.isLocked) former.key = null;
      else if (former !== undefined) rows.delete(former.id);
      const row: QueueRow = { id: ++lastId, key, dispatch, isLive, runAt, isLocked: false };
      rows.set(row.id, row);
      byKey.set(key, row);
      queue.onAdded();
    },
    waitsFor(runId, shardNo) {
      const row = byKey.get(keyOfShard(runId, shardNo));
      return row !== undefined && rows.has(row.id) && !row.isLocked ? row : undefined;
    },
    due: (now) => [...rows.values()].filter((row) => !row.isLocked && row.runAt <= now),
    nextAt(now) {
      let soonest: Instant | undefined;
      for (const row of rows.values()) {
        if (row.isLocked || row.runAt <= now) continue;
        if (soonest === undefined || row.runAt < soonest) soonest = row.runAt;
      }
      return soonest;
    },
  };
  return queue;
}
