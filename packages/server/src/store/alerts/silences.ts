import type { NewSilence, SilenceId, SilenceView } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';
import { emitEvent } from '../events.ts';
import { instantOf } from '../hostLock.ts';

const COLUMNS = sql`id, matcher, from_at AS "from", until_at AS until, reason, author, created_at AS "createdAt",
  ended_at AS "endedAt", ended_by AS "endedBy"`;

const MOST_PAST = 100;

export async function silences(db: Database, past: boolean): Promise<readonly SilenceView[]> {
  if (past) {
    return db.rows(sql`
      SELECT ${COLUMNS} FROM tapekeeper.silence WHERE ended_at IS NOT NULL OR until_at <= tapekeeper.now()
      ORDER BY id DESC LIMIT ${MOST_PAST}`);
  }
  return db.rows(sql`
    SELECT ${COLUMNS} FROM tapekeeper.silence WHERE ended_at IS NULL AND until_at > tapekeeper.now()
    ORDER BY until_at, id`);
}

export async function silence(db: Database, id: SilenceId): Promise<SilenceView | undefined> {
  return db.maybe(sql`SELECT ${COLUMNS} FROM tapekeeper.silence WHERE id = ${id}`);
}

export async function createSilence(db: Database, silence: NewSilence): Promise<SilenceView> {
  const { matcher, from, until, reason, author } = silence;
  return db.transaction(async (tx) => {
    const made = await tx.one<SilenceView>(sql`
      INSERT INTO tapekeeper.silence (matcher, from_at, until_at, reason, author)
      VALUES (${JSON.stringify(matcher)}::jsonb, ${instantOf(from)}, ${instantOf(until)}, ${reason}, ${author})
      RETURNING ${COLUMNS}`);
    await emitEvent(tx, 'silence', { id: made.id, state: 'created' });
    return made;
  });
}

export async function updateSilence(
  db: Database,
  id: SilenceId,
  { matcher, from, until, reason }: Omit<NewSilence, 'author'>,
): Promise<SilenceView | undefined> {
  return db.transaction(async (tx) => {
    const changed = await tx.maybe<SilenceView>(sql`
      UPDATE tapekeeper.silence SET matcher = ${JSON.stringify(matcher)}::jsonb, from_at = ${instantOf(from)},
        until_at = ${instantOf(until)}, reason = ${reason}
      WHERE id = ${id} AND ended_at IS NULL AND until_at > tapekeeper.now() RETURNING ${COLUMNS}`);
    if (changed !== undefined) await emitEvent(tx, 'silence', { id, state: 'changed' });
    return changed;
  });
}

export async function endSilence(db: Database, id: SilenceId, by: string): Promise<SilenceView | undefined> {
  return db.transaction(async (tx) => {
    const ended = await tx.maybe<SilenceView>(sql`
      UPDATE tapekeeper.silence SET ended_at = tapekeeper.now(), ended_by = ${by}
      WHERE id = ${id} AND ended_at IS NULL AND until_at > tapekeeper.now() RETURNING ${COLUMNS}`);
    if (ended !== undefined) await emitEvent(tx, 'silence', { id, state: 'ended' });
    return ended;
  });
}
