import { SEVERITIES, type NoticeMessage } from '@tapekeeper/core';
import { sql, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';

/** What has not been said within the hour is no news any more, and a flood of it after a standstill would be worse. */
const LIFE_SECONDS = 3600;

/**
 * Puts a message into the queue of every enabled channel that wants its severity, in the transaction of the fact
 * that it tells of. Returns for how many.
 */
export async function addNotices(tx: Transaction, message: NoticeMessage): Promise<number> {
  const made = await tx.rows(sql<{ id: number; channelId: number }>`
    INSERT INTO tapekeeper.notice (channel_id, incident_id, message, expires_at)
    SELECT id, ${message.incidentId}::bigint, ${JSON.stringify(message)}::jsonb,
      tapekeeper.now() + make_interval(secs => ${LIFE_SECONDS})
    FROM tapekeeper.channel
    WHERE enabled AND deleted_at IS NULL
      AND array_position(${[...SEVERITIES]}::text[], least_severity)
        <= array_position(${[...SEVERITIES]}::text[], ${message.severity}::text)
    ORDER BY id
    RETURNING id, channel_id AS "channelId"`);
  for (const { id, channelId } of made)
    await emitEvent(tx, 'notice', {
      noticeId: id,
      channelId,
      incidentId: message.incidentId,
      state: 'pending',
    });
  return made.length;
}
