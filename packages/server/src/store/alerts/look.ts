import {
  incidentNotice,
  summaryNotice,
  type Advance,
  type Incident,
  type IncidentEvent,
  type Instant,
} from '@tapekeeper/core';
import type { AlertLook, Look, LookState } from '../../ports/alertStore.ts';
import { sql, type Database, type Queries, type Transaction } from '../connection.ts';
import { emitEvent } from '../events.ts';
import { instantOf } from '../hostLock.ts';
import { addNotices } from '../notices/addNotices.ts';
import { recordDecision } from '../operations.ts';
import { assignments, INCIDENT } from './incidentRow.ts';

const EVALUATOR_LOCK = 7206_300;

/** An absence explains what it left behind for so long. */
const ABSENCE_TOLD_MINUTES = 10;

export async function lastLook(db: Queries): Promise<AlertLook> {
  const row = await db.maybe<{
    at: Instant | null;
    signals: AlertLook['signals'];
    from: Instant | null;
    to: Instant | null;
  }>(sql`
    SELECT looked_at AS at, signals, absent_from AS "from", absent_to AS "to" FROM tapekeeper.alert_look`);
  if (row === undefined) return { at: null, signals: [], absence: null };
  const { at, signals, from, to } = row;
  return { at, signals, absence: from === null || to === null ? null : { from, to } };
}

/**
 * One look of one evaluator. The lock keeps others out while it decides, and the time of the facts those whose
 * facts are older: so every transition is decided about once, however many look.
 */
export async function look(db: Database, { at, signals, absenceMs, flapMs, decide }: Look): Promise<boolean> {
  return db.transaction(async (tx) => {
    const { locked } = await tx.one<{ locked: boolean }>(
      sql`SELECT pg_try_advisory_xact_lock(${EVALUATOR_LOCK}) AS locked`,
    );
    if (!locked) return false;
    const last = await lastLook(tx);
    if (last.at !== null && last.at >= at) return false;
    const sinceLookMs = last.at === null ? 0 : at - last.at;
    const state = { ...(await readState(tx, at, flapMs)), sinceLookMs };
    await write(tx, decide(state), at, sinceLookMs);
    const isAbsence = last.at !== null && sinceLookMs >= absenceMs;
    const isForgotten = last.absence !== null && at - last.absence.to > ABSENCE_TOLD_MINUTES * 60_000;
    const absence = isAbsence ? { from: last.at, to: at } : isForgotten ? null : last.absence;
    await tx.rows(sql`
      INSERT INTO tapekeeper.alert_look (looked_at, signals, absent_from, absent_to)
      VALUES (${instantOf(at)}, ${JSON.stringify(signals)}::jsonb, ${instantOf(absence?.from ?? null)}, ${instantOf(absence?.to ?? null)})
      ON CONFLICT (only_row) DO UPDATE SET looked_at = EXCLUDED.looked_at, signals = EXCLUDED.signals,
        absent_from = EXCLUDED.absent_from, absent_to = EXCLUDED.absent_to`);
    return true;
  });
}

/** The rows are locked, so that an acknowledgement waits for the look, or the look for it. */
async function readState(
  tx: Transaction,
  at: Instant,
  flapMs: number,
): Promise<Omit<LookState, 'sinceLookMs'>> {
  const live = await tx.rows<Incident>(sql`
    SELECT ${INCIDENT} FROM tapekeeper.incident WHERE state IN ('forming', 'open') ORDER BY id FOR UPDATE`);
  const silences = await tx.rows<LookState['silences'][number]>(sql`
    SELECT id, matcher, from_at AS "from", until_at AS until FROM tapekeeper.silence
    WHERE ended_at IS NULL AND until_at > ${instantOf(at)}`);
  const resolved = await tx.rows<{ cause: string; times: number }>(sql`
    SELECT cause, count(*)::int AS times FROM tapekeeper.incident
    WHERE state = 'resolved' AND resolved_at > ${instantOf(at - flapMs)} AND merged_into IS NULL GROUP BY cause`);
  return { live, silences, resolvedLately: new Map(resolved.map(({ cause, times }) => [cause, times])) };
}

/** Those that end come first: their causes may be those of others from now on. */
async function write(tx: Transaction, advance: Advance, at: Instant, sinceLookMs: number): Promise<void> {
  const { incidents, dropped, events, notices, summary } = advance;
  if (dropped.length > 0) {
    const gone = dropped.map(({ id }) => id);
    await tx.rows(
      sql`DELETE FROM tapekeeper.incident WHERE id = ANY (${gone}::bigint[]) AND state = 'forming'`,
    );
  }
  const known = incidents.filter(({ id }) => id > 0);
  const ending = known.filter(({ state }) => state === 'resolved');
  for (const one of [...ending, ...known.filter((each) => !ending.includes(each))])
    await tx.rows(sql`UPDATE tapekeeper.incident SET ${assignments(one)} WHERE id = ${one.id}`);
  const ids = new Map<number, number>();
  for (const one of incidents.filter(({ id }) => id < 0)) ids.set(one.id, await insert(tx, one));
  const stored = (incident: Incident): Incident => ({
    ...incident,
    id: ids.get(incident.id) ?? incident.id,
  });
  for (const event of events) await tell(tx, { ...event, incident: stored(event.incident) }, at);
  for (const { incident, kind } of notices) {
    const told = stored(incident);
    const channels = await addNotices(tx, incidentNotice(told, kind, at));
    await note(tx, told.id, 'noticed', { notice: kind, channels }, at);
  }
  if (summary.length > 0) await addNotices(tx, summaryNotice(summary.map(stored), sinceLookMs, at));
}

async function insert(tx: Transaction, one: Incident): Promise<number> {
  const { id } = await tx.one<{ id: number }>(sql`
    INSERT INTO tapekeeper.incident (cause, kind, subject, severity, state, first_seen_at, opened_at, noticed_at,
      next_reminder_at, hold_ms, members)
    VALUES (${one.cause}, ${one.kind}, ${JSON.stringify(one.subject)}::jsonb, ${one.severity}, ${one.state},
      ${instantOf(one.firstSeenAt)}, ${instantOf(one.openedAt)}, ${instantOf(one.noticedAt)},
      ${instantOf(one.nextReminderAt)}, ${one.holdMs}, ${JSON.stringify(one.members)}::jsonb)
    RETURNING id`);
  return id;
}

async function tell(tx: Transaction, { incident, kind, detail }: IncidentEvent, at: Instant): Promise<void> {
  const { id, cause, severity, state } = incident;
  await note(tx, id, kind, detail, at);
  await emitEvent(tx, 'incident', { incidentId: id, change: kind, state, severity, cause });
  const object = { kind: 'incident', id: String(id), before: null, after: { cause, severity } } as const;
  if (kind === 'opened') await recordDecision(tx, 'autoIncidentOpened', object);
  if (kind === 'resolved' || kind === 'merged') await recordDecision(tx, 'autoIncidentClosed', object);
}

async function note(
  tx: Transaction,
  id: number,
  kind: IncidentEvent['kind'],
  detail: object,
  at: Instant,
): Promise<void> {
  await tx.rows(sql`
    INSERT INTO tapekeeper.incident_event (incident_id, at, kind, detail)
    VALUES (${id}, ${instantOf(at)}, ${kind}, ${JSON.stringify(detail)}::jsonb)`);
}
