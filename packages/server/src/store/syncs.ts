import type { DatasetId } from '@tapekeeper/core';
import type { RunId } from '../ports/runStore.ts';
import type { SyncStore } from '../ports/syncStore.ts';
import { sql, type Database } from './connection.ts';

export function createSyncStore(db: Database): SyncStore {
  return { correctedRows: (dataset, id) => correctedRows(db, dataset, id) };
}

/** A row that is corrected leaves its former value, with the time of the commit and the run. */
async function correctedRows(db: Database, dataset: DatasetId, id: RunId): Promise<number> {
  const { count } = await db.one<{ count: number }>(sql`
    SELECT count(*)::int AS count FROM tapekeeper.run r JOIN tapekeeper.revision v
      ON v.dataset = ${dataset} AND v.replaced_by_run = r.id
      AND v.known_until >= r.started_at AND v.known_until <= coalesce(r.finished_at, tapekeeper.now())
    WHERE r.id = ${id}`);
  return count;
}
