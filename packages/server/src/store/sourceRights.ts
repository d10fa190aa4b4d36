import type { SourceRight, SourceStore } from '../ports/sourceStore.ts';
import { sql, type Database } from './connection.ts';
import { emitEvent } from './events.ts';
import { recordRight, type BelievedRight } from './operationsOfSources.ts';

/** Points may be bought any day: a refusal is believed for a day, and then the interface is tried again. */
export async function rights(db: Database): Promise<readonly SourceRight[]> {
  return db.rows(sql`
    SELECT source, api, allowed, detail, checked_at AS "checkedAt" FROM tapekeeper.source_right
    WHERE allowed OR checked_at > tapekeeper.now() - interval '24 hours' ORDER BY source, api`);
}

export async function saveRight(db: Database, right: Parameters<SourceStore['saveRight']>[0]): Promise<void> {
  const { source, api, allowed, detail } = right;
  await db.transaction(async (tx) => {
    const known = await tx.maybe<BelievedRight>(sql`
      SELECT allowed, checked_at > tapekeeper.now() - interval '24 hours' AS "isFresh"
      FROM tapekeeper.source_right WHERE source = ${source} AND api = ${api} FOR UPDATE`);
    await tx.rows(sql`
      INSERT INTO tapekeeper.source_right (source, api, allowed, detail)
      VALUES (${source}, ${api}, ${allowed}, ${detail})
      ON CONFLICT (source, api) DO UPDATE
        SET allowed = EXCLUDED.allowed, detail = EXCLUDED.detail, checked_at = tapekeeper.now()`);
    if (known?.allowed !== allowed) await emitEvent(tx, 'source', { source, api, allowed });
    await recordRight(tx, known, right);
  });
}
