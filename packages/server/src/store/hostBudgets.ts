import { AppError } from '@tapekeeper/core';
import type { BudgetChoice, BudgetRule, HostBudgets } from '../ports/sourceStore.ts';
import { configure, sourceNow } from './budgets.ts';
import { sql, type Database, type Transaction } from './connection.ts';
import { emitEvent } from './events.ts';
import { lockHostName } from './hostLock.ts';

type Rules = HostBudgets['configured'];

/** A rule that is already there keeps what it has spent: a restart must not refill a budget. */
export async function setBudgets(db: Database, rules: readonly BudgetRule[]): Promise<void> {
  await db.transaction(async (tx) => {
    const before = await tx.rows<{ host: string }>(sql`
      SELECT host FROM tapekeeper.host_budget
      UNION SELECT host FROM tapekeeper.budget WHERE origin = 'configured'`);
    const byHost = Map.groupBy(rules, ({ host }) => host);
    const hosts = new Set([...before.map(({ host }) => host), ...byHost.keys()]);
    for (const host of [...hosts].toSorted()) {
      await lockHostName(tx, host);
      const configured = (byHost.get(host) ?? []).map(({ host: _, ...rule }) => rule);
      const { chosen } = await tx.one<{ chosen: Rules }>(sql`
        INSERT INTO tapekeeper.host_budget AS b (host, configured) VALUES (${host}, ${JSON.stringify(configured)}::jsonb)
        ON CONFLICT (host) DO UPDATE SET configured = EXCLUDED.configured RETURNING b.chosen`);
      await apply(tx, host, inForce(configured, chosen));
    }
  });
}

export async function chooseBudgets(
  db: Database,
  host: string,
  { rules, version, author }: BudgetChoice,
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockHostName(tx, host);
    const known = await tx.maybe<{ configured: Rules; version: number }>(sql`
      SELECT configured, version FROM tapekeeper.host_budget WHERE host = ${host}`);
    const found = known?.version ?? 0;
    if (found !== version) throw new AppError('budgets_changed', { host, found, version });
    await tx.rows(sql`
      INSERT INTO tapekeeper.host_budget (host, chosen, version, author, set_at)
      VALUES (${host}, ${JSON.stringify(rules)}::jsonb, 1, ${author}, tapekeeper.now())
      ON CONFLICT (host) DO UPDATE SET chosen = EXCLUDED.chosen, version = host_budget.version + 1,
        author = EXCLUDED.author, set_at = EXCLUDED.set_at`);
    await apply(tx, host, inForce(known?.configured ?? [], rules));
    await emitEvent(tx, 'source', { host, budgets: version + 1 });
  });
}

export async function hostBudgets(db: Database): Promise<readonly HostBudgets[]> {
  return db.rows<HostBudgets>(sql`
    SELECT host, configured, chosen, version, author, set_at AS "setAt" FROM tapekeeper.host_budget ORDER BY host`);
}

/** A chosen rule stands in for the configured one of the same interface and window. */
function inForce(configured: Rules, chosen: Rules): Rules {
  const isChosen = ({ api, windowSeconds }: Rules[number]): boolean =>
    chosen.some((one) => one.api === api && one.windowSeconds === windowSeconds);
  return [...configured.filter((rule) => !isChosen(rule)), ...chosen];
}

async function apply(tx: Transaction, host: string, rules: Rules): Promise<void> {
  await tx.rows(sql`
    DELETE FROM tapekeeper.budget
    WHERE host = ${host} AND origin = 'configured' AND (api, window_seconds) NOT IN (
      SELECT * FROM unnest(${rules.map((rule) => rule.api)}::text[], ${rules.map((rule) => rule.windowSeconds)}::int[]))`);
  const now = await sourceNow(tx);
  for (const rule of rules) await configure(tx, { host, ...rule }, now);
}
