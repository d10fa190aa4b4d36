import { sql, type Transaction } from '../connection.ts';

/** A fact to be told when the transaction has committed. */
export interface OutboxEvent {
  readonly topic: 'run' | 'job' | 'fire';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** As `emitEvent`, of many facts at once, in their order. */
export async function emitEvents(tx: Transaction, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx.rows(sql`
    INSERT INTO tapekeeper.event_outbox (topic, payload)
    SELECT topic, payload FROM unnest(
      ${events.map(({ topic }) => topic)}::text[],
      ${events.map(({ payload }) => JSON.stringify(payload))}::jsonb[]) WITH ORDINALITY AS e (topic, payload, no)
    ORDER BY no`);
}
