import type { SourceId } from '@tapekeeper/core';
import {
  type OpenScenario,
  momentOf,
  openScenario,
} from '../../packages/replay/src/scenarios/openScenario.ts';
import type { Scenario, SettingsOfScenario } from '../../packages/replay/src/scenarios/scenario.ts';
import type { AppDeps, AppSettings } from '../../packages/server/src/app/deps.ts';
import { loadCalendar } from '../../packages/server/src/app/market.ts';
import { requestSync, type SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { cronWords } from '../../packages/server/src/cron/cronWords.ts';
import type { BudgetRule } from '../../packages/server/src/ports/sourceStore.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import { createAkshareSource } from '../../packages/server/src/sources/akshare/akshareSource.ts';
import { AKSHARE_HOSTS } from '../../packages/server/src/sources/akshare/hosts.ts';
import { createBaostockSource } from '../../packages/server/src/sources/baostock/baostockSource.ts';
import { TUSHARE_CAPABILITIES } from '../../packages/server/src/sources/tushare/apis.ts';
import { createTushareSource } from '../../packages/server/src/sources/tushare/tushareSource.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { addWorker, msToDispatch, takeDispatch } from '../support/queue.ts';
import { quietLog } from '../support/quietLog.ts';
import { testTools } from '../support/taskTools.ts';
import { testProofs } from '../support/testProofs.ts';
import { testNotifiers } from '../support/testNotifiers.ts';
import { testSecrets } from '../support/testSecrets.ts';
import { type ScenarioClock, startClock } from './scenarioClock.ts';

/** The product with its real clients and its real database before the upstreams of a scenario. */
export interface ScenarioStand {
  readonly db: Database;
  readonly deps: AppDeps;
  readonly clock: ScenarioClock;
  readonly upstream: OpenScenario;
  /** Asks for a sync or a repair, works it off and reads the run. */
  run(request: SyncRequest, type: 'sync' | 'repair'): Promise<RunView>;
  /** The host that a scenario means: `tushare` and `baostock` stand for theirs. */
  hostOf(name: string): string;
  close(): Promise<void>;
}

const SETTINGS: Omit<AppSettings, 'sourcePriority'> = {
  historyFrom: null,
  snapshotMaxAgeHours: 12,
  fallbackCallCap: 200,
  itemAttempts: 3,
  readyTries: 3,
  readyRetryMs: 600_000,
  backoffMs: 1000,
  dispatchBudgetMs: 30_000,
  commitRows: 8000,
  maxShards: 2,
  budgets: false,
  leaseRetryMs: 3000,
  minFreeMegabytes: 0,
};

/** What an installation begins with. */
const TUSHARE_PER_MINUTE = 45;
const BAOSTOCK_PER_MINUTE = 150;

const TOKEN = 'token-of-a-scenario';

export async function openStand(db: Database, owner: Database, scenario: Scenario): Promise<ScenarioStand> {
  const clock = await startClock(owner, momentOf(scenario.startsAt));
  const upstream = await openScenario(scenario, clock.now);
  const store = createStore(db);
  const all = clientsOf(scenario.settings, upstream, clock, async (from, to) =>
    (await loadCalendar({ store })).tradingDays(from, to),
  );
  const { sources: order, idleMs: _idle, totalMs: _total, tushareToken: _token, ...rest } = scenario.settings;
  const sources = new Map<SourceId, Source>(order.map((id) => [id, heldByTime(all[id], clock)]));
  const secrets = testSecrets(db);
  const deps: AppDeps = {
    store,
    sources,
    secrets,
    notifiers: testNotifiers(),
    proofs: testProofs({ secrets, clock: clock.product }),
    clock: clock.product,
    marketNow: clock.now,
    freeMegabytes: async () => undefined,
    readCron: cronReader,
    cronWords,
    settings: { ...SETTINGS, ...rest, sourcePriority: order },
    tasks: testTools(),
    log: quietLog,
  };
  if (deps.settings.budgets) await store.setBudgets(firstBudgets(all));
  const workerId = await addWorker(store);
  const connections = createSingleConnections(deps, () => workerId);
  const { signal } = new AbortController();
  const hostOf = (name: string): string =>
    name === 'tushare' || name === 'baostock' ? (all[name].hosts[0] ?? name) : name;
  return {
    db,
    deps,
    clock,
    upstream,
    hostOf,
    async run(request, type) {
      const id = await requestSync(deps, request, type);
      for (;;) {
        const waitMs = await msToDispatch(db);
        const next = await takeDispatch(db);
        if (next === undefined) break;
        if (waitMs > 0) await clock.moveTo(clock.now() + waitMs);
        await runDispatch(deps, { id: workerId, connections }, next, signal);
      }
      const run = await store.run(id);
      if (run === undefined) throw new Error(`there is no run ${id}`);
      return run;
    },
    async close() {
      for (const source of Object.values(all)) await source.close();
      await upstream.stop();
    },
  };
}

function clientsOf(
  { tushareToken = TOKEN, idleMs = 20_000, totalMs = 25_000 }: SettingsOfScenario,
  { tushareUrl, replay }: OpenScenario,
  { client: clock }: ScenarioClock,
  tradingDays: Parameters<typeof createBaostockSource>[0]['tradingDays'],
): Readonly<Record<SourceId, Source>> {
  const timeouts = { idleMs, totalMs };
  return {
    tushare: createTushareSource({ baseUrl: tushareUrl, token: () => tushareToken, clock, timeouts }),
    akshare: createAkshareSource({ baseUrl: replay.akshareUrl, clock, tradingDays, timeouts }),
    baostock: createBaostockSource({ address: replay.baostockUrl, clock, tradingDays, timeouts }),
  };
}

/** The source as it is, but that time stands still while one of its calls is on the wire. */
function heldByTime(source: Source, clock: ScenarioClock): Source {
  return {
    ...source,
    async ask(question, context) {
      let ended = (): void => {};
      try {
        return await source.ask(question, {
          ...context,
          async beforeCall(host, api) {
            ended();
            await context.beforeCall(host, api);
            ended = clock.callBegins();
          },
        });
      } finally {
        ended();
      }
    },
  };
}

function firstBudgets({ tushare, baostock }: Readonly<Record<SourceId, Source>>): readonly BudgetRule[] {
  const apis = [...new Set(TUSHARE_CAPABILITIES.map(({ api }) => api))];
  const minute = (source: Source, api: string, capacity: number): BudgetRule => ({
    host: source.hosts[0] ?? source.id,
    api,
    windowSeconds: 60,
    capacity,
  });
  return [
    ...apis.map((api) => minute(tushare, api, TUSHARE_PER_MINUTE)),
    minute(baostock, '*', BAOSTOCK_PER_MINUTE),
    ...AKSHARE_HOSTS.flatMap(({ host, budgets }) => budgets.map((budget) => ({ host, ...budget }))),
  ];
}
