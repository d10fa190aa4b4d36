import type { ErrorGroup } from '@tapekeeper/core';
import type { ErrorQuery, StoredErrorGroup } from '../../ports/statisticsStore.ts';
import { sql, type Database, type Transaction } from '../connection.ts';

/** Adds failures to the groups that they belong to, and makes the groups that there were none of. */
export async function addErrorGroups(tx: Transaction, groups: readonly ErrorGroup[]): Promise<void> {
  if (groups.length === 0) return;
  await tx.rows(sql`
    WITH new AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(groups)}::jsonb) AS g (kind text, code text, source text,
        fingerprint text, message text, datasets text[], count bigint, "firstAt" float8, "lastAt" float8,
        "firstRunId" bigint, "lastRunId" bigint, days jsonb)
    ), stored AS (
      INSERT INTO tapekeeper.error_group AS kept (kind, code, source, fingerprint, message, datasets, count, first_at,
        last_at, first_run_id, last_run_id)
      SELECT kind, code, source, fingerprint, message, datasets, count, to_timestamp("firstAt" / 1000),
        to_timestamp("lastAt" / 1000), "firstRunId", "lastRunId" FROM new
      ON CONFLICT (kind, code, source, fingerprint) DO UPDATE SET count = kept.count + EXCLUDED.count,
        datasets = ARRAY(SELECT DISTINCT d FROM unnest(kept.datasets || EXCLUDED.datasets) AS d ORDER BY d),
        message = CASE WHEN EXCLUDED.last_at >= kept.last_at THEN coalesce(EXCLUDED.message, kept.message)
                       ELSE coalesce(kept.message, EXCLUDED.message) END,
        first_run_id = CASE WHEN EXCLUDED.first_at < kept.first_at THEN EXCLUDED.first_run_id ELSE kept.first_run_id END,
        last_run_id = CASE WHEN EXCLUDED.last_at >= kept.last_at THEN EXCLUDED.last_run_id ELSE kept.last_run_id END,
        first_at = least(kept.first_at, EXCLUDED.first_at), last_at = greatest(kept.last_at, EXCLUDED.last_at)
      RETURNING id, kind, code, source, fingerprint
    )
    INSERT INTO tapekeeper.error_day AS kept (group_id, day, count)
    SELECT stored.id, of.day::date, of.count::bigint
    FROM stored JOIN new USING (kind, code, source, fingerprint) CROSS JOIN LATERAL jsonb_each_text(new.days) AS of (day, count)
    ON CONFLICT (group_id, day) DO UPDATE SET count = kept.count + EXCLUDED.count`);
}

/** Groups of the days by how many failures there were in them; what lies in other days is not read. */
export async function errorGroups(db: Database, query: ErrorQuery): Promise<readonly StoredErrorGroup[]> {
  const { from, to, kind, code, source, dataset, after, limit } = query;
  return db.rows(sql`
    WITH counted AS (
      SELECT group_id AS id, sum(count)::bigint AS count FROM tapekeeper.error_day
      WHERE day >= ${from}::date AND day <= ${to}::date GROUP BY group_id
    ), page AS (
      SELECT g.*, c.count AS "inDays" FROM counted c JOIN tapekeeper.error_group g USING (id)
      WHERE (${kind}::text IS NULL OR g.kind = ${kind}) AND (${code}::text IS NULL OR g.code = ${code})
        AND (${source}::text IS NULL OR g.source = ${source})
        AND (${dataset}::text IS NULL OR ${dataset} = ANY (g.datasets))
        AND (${after?.id ?? null}::bigint IS NULL OR (c.count, g.id) < (${after?.count ?? null}::bigint, ${after?.id ?? null}::bigint))
      ORDER BY c.count DESC, g.id DESC LIMIT ${limit}
    )
    SELECT page.id, page.kind, page.code, page.source, page.fingerprint, page.message, page.datasets, page.count AS total,
      page."inDays" AS count, page.first_at AS "firstAt", page.last_at AS "lastAt", page.first_run_id AS "firstRunId",
      page.last_run_id AS "lastRunId", (
        SELECT jsonb_agg(jsonb_build_object('day', d.day, 'count', d.count) ORDER BY d.day) FROM tapekeeper.error_day d
        WHERE d.group_id = page.id AND d.day >= ${from}::date AND d.day <= ${to}::date) AS days
    FROM page ORDER BY page."inDays" DESC, page.id DESC`);
}
