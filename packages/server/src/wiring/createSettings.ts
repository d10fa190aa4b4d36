import type { AppSettings } from '../app/deps.ts';
import type { Config } from '../config.ts';
import type { BudgetRule } from '../ports/sourceStore.ts';
import { AKSHARE_HOSTS } from '../sources/akshare/hosts.ts';
import { TUSHARE_INTERFACES } from '../sources/tushare/apis.ts';

/** What the use cases go by, from the settings that people have given. */
export function settingsOf(config: Config, tushareToken: () => string | undefined): AppSettings {
  return {
    // read anew each time, since a token may come or go while the program runs
    get sourcePriority() {
      return config.sources.filter((source) => source !== 'tushare' || tushareToken() !== undefined);
    },
    historyFrom: config.historyFrom,
    snapshotMaxAgeHours: 12,
    fallbackCallCap: config.fallbackCalls,
    itemAttempts: 3,
    backoffMs: 1000,
    readyTries: 6,
    readyRetryMs: 600_000,
    dispatchBudgetMs: 30_000,
    commitRows: 8000,
    maxShards: 2,
    budgets: config.mode === 'live',
    leaseRetryMs: 3000,
    minFreeMegabytes: config.minFreeMegabytes,
  };
}

/** Every interface of Tushare has a minute of its own; the other hosts count all calls together. */
export function budgetsOf(config: Config): readonly BudgetRule[] {
  const tushareHost = new URL(config.tushareUrl).host;
  const baostockHost = config.baostockUrl.slice('tcp://'.length);
  return [
    ...TUSHARE_INTERFACES.map((api) => ({
      host: tushareHost,
      api,
      windowSeconds: 60,
      capacity: config.tusharePerMinute,
    })),
    { host: baostockHost, api: '*', windowSeconds: 60, capacity: config.baostockPerMinute },
    ...AKSHARE_HOSTS.flatMap(({ host, budgets }) => budgets.map((budget) => ({ host, ...budget }))),
  ];
}
