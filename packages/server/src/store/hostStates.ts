import type { HostState } from '../ports/viewStore.ts';
import { sql, type Database } from './connection.ts';

/** Breakers and budgets of every host that anything is known of. */
export async function hostStates(db: Database): Promise<readonly HostState[]> {
  return db.rows(sql`
    SELECT host, coalesce(h.failures, 0) AS failures, h.open_until AS "openUntil", h.reason,
      coalesce((
        SELECT jsonb_agg(jsonb_build_object('api', b.api, 'windowSeconds', b.window_seconds, 'capacity', b.capacity,
          'left', least(b.capacity, b.tokens), 'origin', 'configured') ORDER BY b.window_seconds, b.api)
        FROM tapekeeper.budget b WHERE b.host = known.host), '[]') AS budgets
    FROM (SELECT host FROM tapekeeper.host UNION SELECT host FROM tapekeeper.budget) AS known
    LEFT JOIN tapekeeper.host h USING (host) ORDER BY host`);
}
