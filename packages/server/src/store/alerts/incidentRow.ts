import type { Incident } from '@tapekeeper/core';
import { sql, type RawBuilder } from '../connection.ts';
import { instantOf } from '../hostLock.ts';

/** Columns of an incident in the shape of the core. */
export const INCIDENT = sql`id, cause, kind, subject, severity, state, first_seen_at AS "firstSeenAt",
  opened_at AS "openedAt", away_since AS "awaySince", resolved_at AS "resolvedAt", hold_ms AS "holdMs",
  CASE WHEN acknowledged_at IS NULL THEN NULL ELSE jsonb_build_object(
    'at', floor(extract(epoch FROM acknowledged_at) * 1000), 'by', acknowledged_by, 'note', acknowledged_note) END AS acknowledged,
  noticed_at AS "noticedAt", reminders, next_reminder_at AS "nextReminderAt", merged_into AS "mergedInto", members`;

/** What an incident has become, as assignments; its id and the time it was first seen never change. */
export function assignments(incident: Incident): RawBuilder<unknown> {
  const { acknowledged } = incident;
  return sql`cause = ${incident.cause}, kind = ${incident.kind}, subject = ${JSON.stringify(incident.subject)}::jsonb,
    severity = ${incident.severity}, state = ${incident.state}, opened_at = ${instantOf(incident.openedAt)},
    away_since = ${instantOf(incident.awaySince)}, resolved_at = ${instantOf(incident.resolvedAt)},
    acknowledged_at = ${instantOf(acknowledged?.at ?? null)}, acknowledged_by = ${acknowledged?.by ?? null},
    acknowledged_note = ${acknowledged?.note ?? null}, noticed_at = ${instantOf(incident.noticedAt)},
    reminders = ${incident.reminders}, next_reminder_at = ${instantOf(incident.nextReminderAt)},
    merged_into = ${incident.mergedInto}, members = ${JSON.stringify(incident.members)}::jsonb`;
}
