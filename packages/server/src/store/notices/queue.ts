import type {
  Channel,
  ChannelId,
  ClaimedNotice,
  NoticeClaim,
  NoticeId,
  NoticeView,
} from '../../ports/noticeStore.ts';
import { sql, type Database, type Queries, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';

const EXPIRED_AT_ONCE = 500;

/**
 * The row of a channel is locked while its next notice is chosen, so that of any number of processes one sends to
 * it at a time, in order, and no faster than its pace.
 */
export async function claimNotices(db: Database, claim: NoticeClaim): Promise<readonly ClaimedNotice[]> {
  if (!(await anythingDue(db))) return [];
  return db.transaction(async (tx) => {
    await expire(tx);
    const free = await freeChannels(tx, claim);
    if (free.length === 0) return [];
    const taken = await take(tx, free, claim);
    const paces = Object.entries(claim.paces).map(([kind, pace]) => ({ kind, gap: 60 / pace.perMinute }));
    await tx.rows(sql`
      UPDATE tapekeeper.channel AS c
      SET paced_until = greatest(c.paced_until, tapekeeper.now()) + make_interval(secs => p.gap)
      FROM jsonb_to_recordset(${JSON.stringify(paces)}::jsonb) AS p (kind text, gap float8)
      WHERE c.id = ANY (${taken.map((one) => one.channelId)}::bigint[]) AND p.kind = c.kind`);
    const channels = await tx.rows(sql<Channel>`
      SELECT id, name, kind, settings, language, least_severity AS "leastSeverity", enabled, version,
        created_at AS "createdAt", updated_at AS "updatedAt"
      FROM tapekeeper.channel WHERE id = ANY (${taken.map((one) => one.channelId)}::bigint[])`);
    return taken.flatMap(({ channelId, ...notice }) => {
      const channel = channels.find(({ id }) => id === channelId);
      return channel === undefined ? [] : [{ ...notice, channel }];
    });
  });
}

export async function settleNotice(
  db: Database,
  { id, fence }: Pick<ClaimedNotice, 'id' | 'fence'>,
  error: string | null,
  retryMs: number | null,
): Promise<boolean> {
  const state = error === null ? 'sent' : retryMs === null ? 'failed' : 'pending';
  return db.transaction(async (tx) => {
    const settled = await tx.maybe(sql<{ channelId: ChannelId; incidentId: number | null }>`
      UPDATE tapekeeper.notice SET state = ${state}, error = ${error}, held_until = NULL,
        due_at = tapekeeper.now() + make_interval(secs => ${(retryMs ?? 0) / 1000}::float8),
        ended_at = CASE WHEN ${state}::text = 'pending' THEN NULL ELSE tapekeeper.now() END
      WHERE id = ${id} AND fence = ${fence} AND state = 'pending'
      RETURNING channel_id AS "channelId", incident_id AS "incidentId"`);
    if (settled === undefined) return false;
    await emitEvent(tx, 'notice', { noticeId: id, ...settled, state });
    return true;
  });
}

export async function notices(
  db: Queries,
  filter: {
    readonly channelId: ChannelId | null;
    readonly incidentId: number | null;
    readonly before: NoticeId | null;
    readonly limit: number;
  },
): Promise<readonly NoticeView[]> {
  const { channelId, incidentId, before, limit } = filter;
  const conditions = [
    ...(channelId === null ? [] : [sql`n.channel_id = ${channelId}`]),
    ...(incidentId === null ? [] : [sql`n.incident_id = ${incidentId}`]),
    ...(before === null ? [] : [sql`n.id < ${before}`]),
  ];
  const where = conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
  return db.rows(sql<NoticeView>`
    SELECT n.id, n.delivery_id AS "deliveryId", n.channel_id AS "channelId", c.name AS "channelName", n.message,
      n.state, n.attempts, n.created_at AS "createdAt",
      CASE WHEN n.state = 'sent' THEN n.ended_at END AS "sentAt", n.error
    FROM tapekeeper.notice n JOIN tapekeeper.channel c ON c.id = n.channel_id
    ${where} ORDER BY n.id DESC LIMIT ${limit}`);
}

/** Most of the time nothing waits, and then no transaction is needed to know it. */
async function anythingDue(db: Queries): Promise<boolean> {
  const { due } = await db.one(sql<{ due: boolean }>`
    SELECT EXISTS (SELECT FROM tapekeeper.notice
      WHERE state = 'pending' AND (due_at <= tapekeeper.now() OR expires_at <= tapekeeper.now())) AS due`);
  return due;
}

async function expire(tx: Transaction): Promise<void> {
  const expired = await tx.rows(sql<{ id: NoticeId; channelId: ChannelId; incidentId: number | null }>`
    UPDATE tapekeeper.notice SET state = 'expired', ended_at = tapekeeper.now(),
      error = coalesce(error, 'it waited too long')
    WHERE id IN (
      SELECT id FROM tapekeeper.notice
      WHERE state = 'pending' AND expires_at <= tapekeeper.now()
        AND (held_until IS NULL OR held_until <= tapekeeper.now())
      ORDER BY id LIMIT ${EXPIRED_AT_ONCE} FOR UPDATE SKIP LOCKED)
    RETURNING id, channel_id AS "channelId", incident_id AS "incidentId"`);
  for (const { id, ...one } of expired)
    await emitEvent(tx, 'notice', { noticeId: id, ...one, state: 'expired' });
}

/** Locked: those that are not ahead of their pace. Whether somebody sends to them is looked at once they are. */
async function freeChannels(tx: Transaction, { paces, limit }: NoticeClaim): Promise<readonly ChannelId[]> {
  const ahead = Object.entries(paces).map(([kind, { perMinute, burst }]) => ({
    kind,
    seconds: ((burst - 1) * 60) / perMinute,
  }));
  const rows = await tx.rows(sql<{ id: ChannelId }>`
    SELECT c.id FROM tapekeeper.channel c
    JOIN jsonb_to_recordset(${JSON.stringify(ahead)}::jsonb) AS p (kind text, seconds float8) USING (kind)
    WHERE c.enabled AND c.deleted_at IS NULL
      AND (c.paced_until IS NULL OR c.paced_until <= tapekeeper.now() + make_interval(secs => p.seconds))
      AND EXISTS (SELECT FROM tapekeeper.notice n
        WHERE n.channel_id = c.id AND n.state = 'pending' AND n.due_at <= tapekeeper.now())
      AND NOT EXISTS (SELECT FROM tapekeeper.notice n
        WHERE n.channel_id = c.id AND n.state = 'pending' AND n.held_until > tapekeeper.now())
    ORDER BY c.id LIMIT ${limit} FOR UPDATE OF c SKIP LOCKED`);
  return rows.map((row) => row.id);
}

type Taken = Omit<ClaimedNotice, 'channel'> & { readonly channelId: ChannelId };

async function take(
  tx: Transaction,
  free: readonly ChannelId[],
  { holdMs }: NoticeClaim,
): Promise<readonly Taken[]> {
  return tx.rows(sql<Taken>`
    UPDATE tapekeeper.notice AS n
    SET attempts = attempts + 1, fence = fence + 1,
      held_until = tapekeeper.now() + make_interval(secs => ${holdMs / 1000}::float8)
    FROM unnest(${[...free]}::bigint[]) AS f (channel_id)
    CROSS JOIN LATERAL (
      SELECT id FROM tapekeeper.notice due
      WHERE due.channel_id = f.channel_id AND due.state = 'pending' AND due.due_at <= tapekeeper.now()
        AND due.expires_at > tapekeeper.now()
        AND NOT EXISTS (SELECT FROM tapekeeper.notice held WHERE held.channel_id = f.channel_id
          AND held.state = 'pending' AND held.held_until > tapekeeper.now())
      ORDER BY due.id LIMIT 1) AS next
    WHERE n.id = next.id AND n.state = 'pending'
    RETURNING n.id, n.channel_id AS "channelId", n.message, n.delivery_id AS "deliveryId", n.attempts AS attempt, n.fence`);
}
