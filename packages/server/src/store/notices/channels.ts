import { AppError } from '@tapekeeper/core';
import type { Channel, ChannelId, NewChannel } from '../../ports/noticeStore.ts';
import { sql, type Database, type Queries, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';

/** Columns of a channel, of the table or an alias `c` of it. */
const COLUMNS = sql`c.id, c.name, c.kind, c.settings, c.language, c.least_severity AS "leastSeverity", c.enabled,
  c.version, c.created_at AS "createdAt", c.updated_at AS "updatedAt"`;

export async function channels(db: Queries): Promise<readonly Channel[]> {
  return db.rows(sql<Channel>`
    SELECT ${COLUMNS} FROM tapekeeper.channel c WHERE deleted_at IS NULL ORDER BY name`);
}

export async function channel(db: Queries, id: ChannelId): Promise<Channel | undefined> {
  return db.maybe(sql<Channel>`
    SELECT ${COLUMNS} FROM tapekeeper.channel c WHERE id = ${id} AND deleted_at IS NULL`);
}

export async function createChannel(db: Database, made: NewChannel): Promise<Channel> {
  return db.transaction(async (tx) => {
    const row = await tx.maybe(sql<Channel>`
      INSERT INTO tapekeeper.channel AS c (name, kind, settings, language, least_severity, enabled)
      VALUES (${made.name}, ${made.kind}, ${JSON.stringify(made.settings)}::jsonb, ${made.language},
        ${made.leastSeverity}, ${made.enabled})
      ON CONFLICT (name) WHERE deleted_at IS NULL DO NOTHING
      RETURNING ${COLUMNS}`);
    if (row === undefined) throw new AppError('channel_exists', { channel: made.name });
    await emitEvent(tx, 'channel', { channelId: row.id, state: 'created' });
    return row;
  });
}

export async function updateChannel(
  db: Database,
  id: ChannelId,
  change: NewChannel & { readonly version: number },
): Promise<Channel> {
  return db.transaction(async (tx) => {
    const { name, version } = await locked(tx, id);
    if (version !== change.version)
      throw new AppError('channel_changed', { channel: name, found: version, version: change.version });
    const taken = await tx.maybe(sql`
      SELECT FROM tapekeeper.channel WHERE name = ${change.name} AND deleted_at IS NULL AND id <> ${id}`);
    if (taken !== undefined) throw new AppError('channel_exists', { channel: change.name });
    await emitEvent(tx, 'channel', { channelId: id, state: 'changed' });
    return tx.one(sql<Channel>`
      UPDATE tapekeeper.channel AS c SET name = ${change.name}, kind = ${change.kind},
        settings = ${JSON.stringify(change.settings)}::jsonb, language = ${change.language},
        least_severity = ${change.leastSeverity}, enabled = ${change.enabled}, version = version + 1,
        updated_at = tapekeeper.now()
      WHERE id = ${id} RETURNING ${COLUMNS}`);
  });
}

export async function deleteChannel(db: Database, id: ChannelId): Promise<Channel | undefined> {
  return db.transaction(async (tx) => {
    const found = await tx.maybe(sql<Channel>`
      UPDATE tapekeeper.channel AS c SET deleted_at = tapekeeper.now(), updated_at = tapekeeper.now()
      WHERE id = ${id} AND deleted_at IS NULL RETURNING ${COLUMNS}`);
    if (found === undefined) return undefined;
    await tx.rows(sql`
      UPDATE tapekeeper.notice SET state = 'expired', ended_at = tapekeeper.now(), error = 'the channel was removed'
      WHERE channel_id = ${id} AND state = 'pending'`);
    await emitEvent(tx, 'channel', { channelId: id, state: 'removed' });
    return found;
  });
}

async function locked(tx: Transaction, id: ChannelId): Promise<{ name: string; version: number }> {
  const found = await tx.maybe(sql<{ name: string; version: number }>`
    SELECT name, version FROM tapekeeper.channel WHERE id = ${id} AND deleted_at IS NULL FOR UPDATE`);
  if (found === undefined) throw new AppError('unknown_channel', { channel: id });
  return found;
}
