import type { AlertRuleEdits, AlertStore } from '../../ports/alertStore.ts';
import { sql, type Database } from '../connection.ts';
import { emitEvent } from '../events.ts';

const COLUMNS = sql`version, edits, updated_at AS "updatedAt", updated_by AS "updatedBy"`;

const UNCHANGED: AlertRuleEdits = { version: 0, edits: [], updatedAt: null, updatedBy: null };

export async function alertRules(db: Database): Promise<AlertRuleEdits> {
  return (await db.maybe<AlertRuleEdits>(sql`SELECT ${COLUMNS} FROM tapekeeper.alert_rules`)) ?? UNCHANGED;
}

export async function setAlertRules(
  db: Database,
  { version, edits, author }: Parameters<AlertStore['setAlertRules']>[0],
): Promise<AlertRuleEdits | undefined> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`INSERT INTO tapekeeper.alert_rules DEFAULT VALUES ON CONFLICT DO NOTHING`);
    const changed = await tx.maybe<AlertRuleEdits>(sql`
      UPDATE tapekeeper.alert_rules SET version = version + 1, edits = ${JSON.stringify(edits)}::jsonb,
        updated_at = tapekeeper.now(), updated_by = ${author}
      WHERE version = ${version}::bigint RETURNING ${COLUMNS}`);
    if (changed !== undefined) await emitEvent(tx, 'alert_rules', { version: changed.version });
    return changed;
  });
}
