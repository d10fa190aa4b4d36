import { randomUUID } from 'node:crypto';
import { plainDay, shanghaiInstant, type SourceId } from '@tapekeeper/core';
import { startReplay, type Replay, type World } from '@tapekeeper/replay';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import { loadCalendar } from '../../packages/server/src/app/market.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { createGraphileEngine } from '../../packages/server/src/engine/graphileEngine.ts';
import type { BudgetRule } from '../../packages/server/src/ports/sourceStore.ts';
import { createSources } from '../../packages/server/src/sources/createSources.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';
import { openQueuePool } from '../../packages/server/src/store/queuePool.ts';
import { createWorker } from '../../packages/server/src/worker/worker.ts';
import type { Rig } from './rig.ts';

/** One market behind its upstreams, before a product that knows nothing of it yet. */
export interface ScenarioRig {
  readonly deps: AppDeps;
  readonly replay: Replay;
  /** Takes the place of all budgets; what was spent under others is forgotten. */
  setBudgets(rules: readonly BudgetRule[]): Promise<void>;
  /** Tries of items that came to nothing, in a run. */
  failedAttempts(runId: number): Promise<number>;
}

export interface ScenarioOfRig {
  readonly world: World;
  readonly latencyMs: number;
  /** The only source that is asked. */
  readonly source: SourceId;
}

/** Longer than a scenario: nobody has to beat for its worker. */
const SILENT_MS = 3_600_000;

/** Works with a worker of its own whose calls are counted; the tables are emptied before. */
export async function withScenario<T>(
  rig: Rig,
  { world, latencyMs, source }: ScenarioOfRig,
  work: (scenario: ScenarioRig) => Promise<T>,
): Promise<T> {
  const { installation, owner } = rig;
  await emptyAll(owner);
  const evening = shanghaiInstant(plainDay(world.lastDay), 20 * 60);
  const replay = await startReplay({ world, latencyMs, now: () => evening });
  const { store, settings, log } = installation.deps;
  const sources = createSources({
    clock: { ...systemClock, now: () => evening },
    tushareUrl: replay.tushareUrl,
    tushareToken: () => 'replay-token',
    baostockUrl: replay.baostockUrl,
    akshareUrl: replay.akshareUrl,
    tradingDays: async (from, to) => (await loadCalendar({ store })).tradingDays(from, to),
  });
  const deps: AppDeps = {
    ...installation.deps,
    sources,
    marketNow: () => evening,
    settings: { ...settings, budgets: true, sourcePriority: [source] },
  };
  const engine = createGraphileEngine({
    openPool: (most) => openQueuePool(installation.urls.runtime, most),
    concurrency: installation.config.concurrency,
    pollMs: 200,
    clock: deps.clock,
    log,
  });
  const worker = createWorker({
    deps,
    engine,
    startHeart: () => ({ stop: () => Promise.resolve() }),
    node: 'bench',
    pid: process.pid,
    newBoot: randomUUID,
    heartbeatMs: 3000,
    silentMs: SILENT_MS,
    stallMs: SILENT_MS,
    rescueEveryMs: 2000,
  });
  await worker.start();
  try {
    return await work({
      deps,
      replay,
      async setBudgets(rules) {
        await owner.rows(sql`DELETE FROM tapekeeper.budget`);
        await deps.store.setBudgets(rules);
      },
      async failedAttempts(runId) {
        const { failed } = await owner.one(sql<{ failed: number }>`
          SELECT count(*)::int AS failed FROM tapekeeper.attempt
          WHERE run_id = ${runId} AND error_code IS NOT NULL`);
        return failed;
      },
    });
  } finally {
    await worker.stop();
    await replay.stop();
  }
}

/** Tables whose rows belong to the schema or to the installation. */
const KEPT = ['tapekeeper.state_step', 'tapekeeper.migration', 'tapekeeper.installation'];

async function emptyAll(owner: Database): Promise<void> {
  const found = await owner.rows<{ name: string }>(sql`
    SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('tapekeeper', 'market') AND c.relkind IN ('r', 'p') AND NOT c.relispartition`);
  const names = found.map(({ name }) => name).filter((name) => !KEPT.includes(name));
  await owner.rows(sql`TRUNCATE ${sql.join(names.map((name) => sql.table(name)))} CASCADE`);
}
