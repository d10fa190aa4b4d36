import { sql, type Database, type Transaction } from './connection.ts';

const PUBLISHER_LOCK = 7206_100;

/** A fact of the caller's transaction; it is seen by readers only when that commits. */
export async function emitEvent(
  tx: Transaction,
  topic: string,
  payload: Readonly<Record<string, unknown>>,
): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.event_outbox (topic, payload) VALUES (${topic}, ${JSON.stringify(payload)}::jsonb)`);
}

/**
 * Numbers what is in the outbox and moves it to the event log, under a lock that one publisher holds
 * at a time: numbers then grow in the order in which readers can see them. Returns how many moved.
 */
export async function publishEvents(db: Database, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    const { locked } = await tx.one<{ locked: boolean }>(
      sql`SELECT pg_try_advisory_xact_lock(${PUBLISHER_LOCK}) AS locked`,
    );
    if (!locked) return 0;
    const moved = await tx.rows<{ seq: number }>(sql`
      WITH taken AS (
        DELETE FROM tapekeeper.event_outbox WHERE id IN (
          SELECT id FROM tapekeeper.event_outbox ORDER BY id LIMIT ${limit})
        RETURNING id, topic, payload, at
      )
      INSERT INTO tapekeeper.event (seq, topic, payload, at)
      SELECT nextval('tapekeeper.event_seq'), topic, payload, at FROM (SELECT * FROM taken ORDER BY id) AS ordered
      RETURNING seq`);
    const last = moved.reduce((most, row) => Math.max(most, row.seq), 0);
    if (last > 0) await tx.rows(sql`SELECT pg_notify('tapekeeper_event', ${String(last)})`);
    return moved.length;
  });
}
