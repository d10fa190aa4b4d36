import type { RunId } from '../ports/runStore.ts';
import { sql, type Transaction } from './connection.ts';

/** What can be told of a run: that it is in another state, that a step or its work went on. */
type RunFact = 'run' | 'step' | 'progress';

/**
 * A fact about a run as the transaction has made it, with what readers find it by: its job, data set and
 * parent. Of a run that is gone nothing is told.
 */
export async function emitRunEvent(
  tx: Transaction,
  runId: RunId,
  payload: Readonly<Record<string, unknown>> = {},
  kind: RunFact = 'run',
): Promise<void> {
  const state = kind === 'run' ? sql`, 'state', state, 'type', type` : sql``;
  await tx.rows(sql`
    INSERT INTO tapekeeper.event_outbox (topic, payload)
    SELECT ${kind}::text, jsonb_build_object('runId', id, 'jobId', job_id, 'dataset', dataset,
      'parentRunId', parent_run_id ${state}) || ${JSON.stringify(payload)}::jsonb
    FROM tapekeeper.run WHERE id = ${runId}`);
}
