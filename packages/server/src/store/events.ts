import type { EventBounds, LoggedEvent } from '../ports/eventStore.ts';
import { sql, type Database, type Transaction } from './connection.ts';

const PUBLISHER_LOCK = 7206_100;

/** Events of a partition, as the migrations make them. */
const SLICE_EVENTS = 1_000_000;

/** Where the publisher says that there is something new. */
export const EVENT_CHANNEL = 'tapekeeper_event';

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
  const { waiting } = await db.one<{ waiting: boolean }>(
    sql`SELECT EXISTS (SELECT FROM tapekeeper.event_outbox) AS waiting`,
  );
  if (!waiting) return 0;
  return db.transaction(async (tx) => {
    const { locked } = await tx.one<{ locked: boolean }>(
      sql`SELECT pg_try_advisory_xact_lock(${PUBLISHER_LOCK}) AS locked`,
    );
    if (!locked) return 0;
    await makeRoom(tx, limit);
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
    if (last > 0) await tx.rows(sql`SELECT pg_notify(${EVENT_CHANNEL}, ${String(last)})`);
    return moved.length;
  });
}

/** Numbers are only taken here, under the lock, so that none of the next ones is beyond what was looked at. */
async function makeRoom(tx: Transaction, limit: number): Promise<void> {
  const { last } = await tx.one<{ last: number }>(sql`SELECT last_value AS last FROM tapekeeper.event_seq`);
  if (sliceOf(last + limit) === sliceOf(last - 1)) return;
  await tx.rows(sql`SELECT tapekeeper.ensure_event_partitions(${last + limit})`);
}

function sliceOf(seq: number): number {
  return Math.floor(seq / SLICE_EVENTS);
}

/** By index from either end: the log may be of any length. */
export async function eventBounds(db: Database): Promise<EventBounds> {
  return db.one(sql`
    SELECT coalesce((SELECT seq FROM tapekeeper.event ORDER BY seq LIMIT 1), 0) AS oldest,
      coalesce((SELECT seq FROM tapekeeper.event ORDER BY seq DESC LIMIT 1), 0) AS latest`);
}

export async function eventsAfter(db: Database, seq: number, limit: number): Promise<readonly LoggedEvent[]> {
  return db.rows(sql`
    SELECT seq, topic AS kind, at, payload FROM tapekeeper.event WHERE seq > ${seq} ORDER BY seq LIMIT ${limit}`);
}
