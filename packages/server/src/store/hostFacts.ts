import type { HostFacts } from '../ports/sourceStore.ts';
import { readBudgets } from './budgets.ts';
import { sql, type Database } from './connection.ts';
import { emitEvent } from './events.ts';
import { lockHostName, readHost } from './hostLock.ts';

/** A reading for forecasts: it locks nothing, so its parts may be a moment apart. */
export async function hostFacts(db: Database, host: string): Promise<HostFacts> {
  const [{ now, breaker }, budgets, latencies] = await Promise.all([
    readHost(db, host),
    readBudgets(db, host),
    db.rows<HostFacts['latencies'][number]>(sql`
      SELECT api, mean_ms AS "meanMs", calls FROM tapekeeper.host_latency WHERE host = ${host} ORDER BY api`),
  ]);
  return { host, now, breaker, budgets, latencies };
}

export async function forgetLearned(db: Database, host: string): Promise<number> {
  return db.transaction(async (tx) => {
    await lockHostName(tx, host);
    await tx.rows(sql`DELETE FROM tapekeeper.host_ban WHERE host = ${host}`);
    const forgotten = await tx.rows(sql`
      DELETE FROM tapekeeper.budget WHERE host = ${host} AND origin = 'learned' RETURNING api`);
    await emitEvent(tx, 'source', { host, forgotten: forgotten.length });
    return forgotten.length;
  });
}
