import { plainDay, shanghaiInstant, type Instant, type SourceId } from '@tapekeeper/core';
import type { AppDeps, AppSettings } from '../../packages/server/src/app/deps.ts';
import { requestSync, type SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import { runDispatch } from '../../packages/server/src/app/runDispatch.ts';
import { createSingleConnections } from '../../packages/server/src/app/singleConnections.ts';
import { systemClock } from '../../packages/server/src/clock.ts';
import { cronReader } from '../../packages/server/src/cron/cronReader.ts';
import { cronWords } from '../../packages/server/src/cron/cronWords.ts';
import type { Clock } from '../../packages/server/src/ports/clock.ts';
import type { Rescued, RunId, WorkerId } from '../../packages/server/src/ports/runStore.ts';
import type { Source } from '../../packages/server/src/ports/source.ts';
import type { Store } from '../../packages/server/src/ports/store.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';
import type { Database } from '../../packages/server/src/store/connection.ts';
import { createStore } from '../../packages/server/src/store/store.ts';
import { quietLog } from './quietLog.ts';
import { testNotifiers } from './testNotifiers.ts';
import { testSecrets } from './testSecrets.ts';
import { addWorker, takeDispatch } from './queue.ts';
import { testTools } from './taskTools.ts';
import { testProofs } from './testProofs.ts';

/** The use cases over an empty database, with sources written by hand and a queue that the test works off. */
export interface AppStand {
  readonly db: Database;
  readonly deps: AppDeps;
  readonly workerId: WorkerId;
  /** Works on queued dispatches, due or not, one after the other, until none is left; returns how many. */
  work(): Promise<number>;
  /** Asks for a sync, works it off and reads the run. */
  sync(request: SyncRequest, type?: 'sync' | 'repair'): Promise<RunView>;
  run(id: RunId): Promise<RunView>;
  /** One rescue scan, by a store that nothing is put before. */
  rescue(): Promise<readonly Rescued[]>;
}

export interface AppStandOptions {
  readonly sources: readonly Source[];
  readonly settings?: Partial<AppSettings>;
  readonly marketNow?: () => Instant;
  /** Programs, exports and retention; by default no program is allowed. */
  readonly tasks?: AppDeps['tasks'];
  readonly clock?: Clock;
  /** Where notices go; by default nowhere but the public internet, which no test calls. */
  readonly notifiers?: AppDeps['notifiers'];
  /** Puts something between the use cases and the store, such as faults. */
  readonly store?: (store: Store) => Store;
}

/** The evening of the last day of January 2024: every day of the small market is final. */
export const EVENING = shanghaiInstant(plainDay('2024-01-31'), 20 * 60);

/** Waits are over at once: nothing here is about how long they are. */
export const hurriedClock: Clock = { ...systemClock, sleep: async () => {} };

const SETTINGS: Omit<AppSettings, 'sourcePriority'> = {
  historyFrom: null,
  snapshotMaxAgeHours: 12,
  fallbackCallCap: 200,
  itemAttempts: 3,
  readyTries: 3,
  readyRetryMs: 50,
  backoffMs: 1000,
  dispatchBudgetMs: 30_000,
  commitRows: 8000,
  maxShards: 2,
  budgets: false,
  leaseRetryMs: 3000,
  minFreeMegabytes: 0,
};

export async function createAppStand(db: Database, options: AppStandOptions): Promise<AppStand> {
  const stored = createStore(db);
  const store = options.store?.(stored) ?? stored;
  const sources = new Map<SourceId, Source>(options.sources.map((source) => [source.id, source]));
  const secrets = testSecrets(db);
  const clock = options.clock ?? hurriedClock;
  const deps: AppDeps = {
    store,
    sources,
    secrets,
    notifiers: options.notifiers ?? testNotifiers(),
    proofs: testProofs({ secrets, clock }),
    clock,
    marketNow: options.marketNow ?? (() => EVENING),
    freeMegabytes: async () => undefined,
    readCron: cronReader,
    cronWords,
    settings: { ...SETTINGS, sourcePriority: [...sources.keys()], ...options.settings },
    tasks: options.tasks ?? testTools(),
    log: quietLog,
  };
  const workerId = await addWorker(stored);
  const connections = createSingleConnections(deps, () => workerId);
  const stand: AppStand = {
    db,
    deps,
    workerId,
    async work() {
      const signal = new AbortController().signal;
      for (let done = 0; ; done++) {
        const dispatch = await takeDispatch(db);
        if (dispatch === undefined) return done;
        await runDispatch(deps, { id: workerId, connections }, dispatch, signal);
      }
    },
    async sync(request, type = 'sync') {
      const id = await requestSync(deps, request, type);
      await stand.work();
      return stand.run(id);
    },
    async run(id) {
      const run = await stored.run(id);
      if (run === undefined) throw new Error(`there is no run ${id}`);
      return run;
    },
    rescue: () => stored.rescue(15_000),
  };
  return stand;
}
