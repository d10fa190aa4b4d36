import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { strandedRuns } from '../../packages/server/src/store/rescue.ts';

/** The longest that a run was left alone, in milliseconds. */
export interface Stranding {
  /** By what the harness knows: which processes live. */
  seenMs: number;
  /** By what the product says of itself. */
  saidMs: number;
}

export interface StrandWatch {
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 150;

/**
 * Looks again and again for open shards that nobody works on: neither held by a worker whose process
 * lives, nor waiting in the queue. Notes the longest time that one stayed so.
 */
export function watchStrands(
  db: Database,
  livePids: () => ReadonlySet<number>,
  stranding: Stranding,
  onError: (error: unknown) => void,
): StrandWatch {
  const since = new Map<string, number>();
  let stopped = false;
  let wake: () => void = () => {};

  const look = async (): Promise<void> => {
    const pids = livePids();
    const open = await openShards(db);
    const now = performance.now();
    const alone = new Set(open.filter(({ pid }) => pid === null || !pids.has(pid)).map(({ name }) => name));
    for (const name of since.keys()) if (!alone.has(name)) since.delete(name);
    for (const name of alone) {
      const first = since.get(name) ?? now;
      since.set(name, first);
      stranding.seenMs = Math.max(stranding.seenMs, now - first);
    }
    for (const { ms } of await strandedRuns(db)) stranding.saidMs = Math.max(stranding.saidMs, ms);
  };
  const loop = (async () => {
    while (!stopped) {
      await look();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, LOOK_EVERY_MS);
      });
    }
  })();
  loop.catch(onError);
  return {
    async stop() {
      stopped = true;
      wake();
      await loop.catch(() => {});
    },
  };
}

/** Open shards whose turn it is and that are not waiting in the queue, with the process that holds them. */
function openShards(db: Database): Promise<readonly { name: string; pid: number | null }[]> {
  return db.rows(sql`
    SELECT s.run_id || '/' || s.no AS name, w.pid
    FROM tapekeeper.run r JOIN tapekeeper.shard s ON s.run_id = r.id AND s.open
    LEFT JOIN tapekeeper.worker w ON w.id = s.worker_id AND w.stopped_at IS NULL
    WHERE r.state IN ('pending', 'running') AND NOT r.waits_for_turn AND NOT s.waits_for_runs AND NOT s.waits_for_shards
      AND NOT EXISTS (
        SELECT 1 FROM graphile_worker.jobs j
        WHERE j.key = 'shard:' || s.run_id || ':' || s.no AND j.locked_at IS NULL)`);
}
