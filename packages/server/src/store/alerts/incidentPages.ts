import type { Incident } from '@tapekeeper/core';
import type { IncidentPage } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';
import { INCIDENT } from './incidentRow.ts';
import { only } from './only.ts';

/** Of those that are over so many are told of, so that neither a page nor a count grows with history. */
const MOST_RESOLVED = 1_000;

/** Incidents that are open, and the newest of those that are over; each part by the index on states. */
const TOLD = sql`
  SELECT * FROM tapekeeper.incident WHERE state ${only(sql`'open' COLLATE "C"`)}
  UNION ALL (
    SELECT * FROM tapekeeper.incident WHERE state ${only(sql`'resolved' COLLATE "C"`)}
    ORDER BY state, id DESC LIMIT ${MOST_RESOLVED})`;

const IS_READ = sql`(state = 'resolved' OR acknowledged_at IS NOT NULL)`;

export async function countIncidents(
  db: Database,
): Promise<{ readonly unread: number; readonly read: number }> {
  return db.one(sql`
    SELECT (count(*) FILTER (WHERE NOT ${IS_READ}))::int AS unread, (count(*) FILTER (WHERE ${IS_READ}))::int AS read
    FROM (${TOLD}) AS told`);
}

export async function incidentPage(
  db: Database,
  { read, offset, limit }: IncidentPage,
): Promise<readonly Incident[]> {
  const wanted = read === null ? sql`true` : sql`${IS_READ} = ${read}`;
  return db.rows(sql`
    SELECT ${INCIDENT} FROM (${TOLD}) AS told WHERE ${wanted} ORDER BY id DESC OFFSET ${offset} LIMIT ${limit}`);
}
