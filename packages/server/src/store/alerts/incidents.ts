import type { Incident } from '@tapekeeper/core';
import type { IncidentFilter, IncidentId, TimelineEntry } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';
import { emitEvent } from '../events.ts';
import { INCIDENT } from './incidentRow.ts';
import { only } from './only.ts';

const MOST_ENTRIES = 500;

/** A page of each state by its index, of which the newest are taken. */
export async function incidents(
  db: Database,
  { states, before, limit }: IncidentFilter,
): Promise<readonly Incident[]> {
  return db.rows(sql`
    SELECT page.* FROM unnest(${[...states]}::text[]) AS wanted (state)
    CROSS JOIN LATERAL (
      SELECT ${INCIDENT} FROM tapekeeper.incident
      WHERE incident.state ${only(sql`wanted.state COLLATE "C"`)} AND id < coalesce(${before}::bigint, 9223372036854775807)
      ORDER BY incident.state, id DESC LIMIT ${limit}) AS page
    ORDER BY page.id DESC LIMIT ${limit}`);
}

export async function incident(db: Database, id: IncidentId): Promise<Incident | undefined> {
  return db.maybe(sql`SELECT ${INCIDENT} FROM tapekeeper.incident WHERE id = ${id}`);
}

export async function incidentTimeline(db: Database, id: IncidentId): Promise<readonly TimelineEntry[]> {
  return db.rows(sql`
    SELECT at, kind, detail, author FROM tapekeeper.incident_event WHERE incident_id = ${id}
    ORDER BY id LIMIT ${MOST_ENTRIES}`);
}

/** A second acknowledgement takes the place of the first. */
export async function acknowledgeIncident(
  db: Database,
  id: IncidentId,
  by: string,
  note: string | null,
): Promise<Incident | undefined> {
  return db.transaction(async (tx) => {
    const incident = await tx.maybe<Incident>(sql`
      UPDATE tapekeeper.incident SET acknowledged_at = tapekeeper.now(), acknowledged_by = ${by}, acknowledged_note = ${note}
      WHERE id = ${id} AND state = 'open' RETURNING ${INCIDENT}`);
    if (incident === undefined) return undefined;
    await tx.rows(sql`
      INSERT INTO tapekeeper.incident_event (incident_id, at, kind, detail, author)
      VALUES (${id}, tapekeeper.now(), 'acknowledged', ${JSON.stringify({ note })}::jsonb, ${by})`);
    const { state, severity, cause } = incident;
    await emitEvent(tx, 'incident', { incidentId: id, change: 'acknowledged', state, severity, cause });
    return incident;
  });
}
