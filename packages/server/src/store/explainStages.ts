import { isSyncType, type JobType, type Step } from '@tapekeeper/core';
import type { RunId } from '../ports/runStore.ts';
import { sql, type Database, type RawBuilder } from './connection.ts';
import { epochMs } from './hostLock.ts';

/** The shards of one run as steps are read off them: a column of an aggregate over `shard`. */
export const stagesOfShards: RawBuilder<unknown> = sql`
  coalesce(jsonb_agg(jsonb_build_object('no', no, 'kind', kind, 'source', source, 'open', open, 'held', worker_id IS NOT NULL,
    'waits', waits_for_runs OR waits_for_shards, 'itemsTotal', items_total, 'itemsOver', items_done + items_failed,
    'symbolsTotal', symbols_total, 'updatedAt', ${epochMs(sql`updated_at`)},
    'symbolsDone', (SELECT coalesce(sum(value::bigint), 0) FROM jsonb_each_text(outcomes))) ORDER BY no), '[]')`;

/** The runs that a run has begun, as one column. */
export function childrenOf(runId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(
    SELECT coalesce(jsonb_agg(jsonb_build_object('runId', c.id, 'dataset', c.dataset, 'node', c.node, 'state', c.state,
      'startedAt', ${epochMs(sql`c.started_at`)}, 'finishedAt', ${epochMs(sql`c.finished_at`)}) ORDER BY c.id), '[]')
    FROM tapekeeper.run c WHERE c.parent_run_id = ${runId})`;
}

interface StoredStep extends Step {
  readonly runId: RunId;
}

/** The steps that tasks have told of. The runs are named as constants, so that only their partitions are looked at. */
export async function stepsOfTasks(
  db: Database,
  runs: readonly { readonly id: RunId; readonly type: JobType }[],
): Promise<ReadonlyMap<RunId, readonly Step[]>> {
  const ids = runs.filter(({ type }) => !isSyncType(type) && type !== 'workflow').map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const stored = await db.rows<StoredStep>(sql`
    SELECT run_id AS "runId", no, name, state, weight, estimated_ms AS "estimatedMs", done, total, detail,
      started_at AS "startedAt", finished_at AS "finishedAt"
    FROM tapekeeper.step WHERE run_id = ANY(${ids}::bigint[]) ORDER BY run_id, no`);
  const byRun = Map.groupBy(stored, ({ runId }) => runId);
  return new Map(
    [...byRun].map(([runId, ofRun]) => [runId, ofRun.map(({ runId: _, ...step }): Step => step)]),
  );
}
