import {
  dayNumber,
  levelAt,
  rulesWith,
  ruleFor,
  RULE_KINDS,
  shanghaiDay,
  type AlertFacts,
  type AlertRule,
  type BudgetStateFacts,
  type DatasetFacts,
  type HostStateFacts,
  type Instant,
  type JobFacts,
  type OpenRunFacts,
} from '@tapekeeper/core';
import type { AlertJobRow, OpenRunRow } from '../../ports/alertStore.ts';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';
import { hasRight } from '../rights.ts';
import type { SourceRight } from '../../ports/sourceStore.ts';
import { priorities } from '../router/priorities.ts';
import { activeTargets, collectedDatasets } from './collectedDatasets.ts';
import type { DatasetReader } from './datasetReader.ts';

export type FactDeps = Pick<
  AppDeps,
  'store' | 'sources' | 'settings' | 'clock' | 'marketNow' | 'freeMegabytes'
>;

/** Open runs that are young need no history. */
const YOUNG_MS = 60_000 * RULE_KINDS.stuck.params['minutes'].min;
/** Histories that one look reads at most. */
const MOST_HISTORIES = 50;

/** What rules are judged by, as of one time of the database; a bounded number of reads, none of which scans history. */
export async function gatherFacts(
  deps: FactDeps,
  read: DatasetReader,
): Promise<{ readonly rules: readonly AlertRule[]; readonly facts: AlertFacts }> {
  const { store } = deps;
  const now = await store.now();
  const marketAt = Math.min(now, deps.marketNow());
  const rules = rulesWith((await store.alertRules()).edits);
  const [
    jobRows,
    runRows,
    hosts,
    budgets,
    channels,
    schedulers,
    silentMs,
    activity,
    calendar,
    look,
    free,
    rights,
  ] = await Promise.all([
    store.alertJobs(),
    store.openRunFacts(),
    hostFacts(deps),
    budgetFacts(deps, now),
    store.failingChannels(),
    store.schedulers(),
    store.workerSilentMs(),
    store.databaseActivity(),
    loadCalendar(deps),
    store.lastLook(),
    deps.freeMegabytes(),
    store.rights(),
  ]);
  const runs = await openRuns(deps, runRows, hosts, budgets);
  const datasets = await datasetFacts(deps, read, { rules, rights, jobRows, runRows, now, marketAt });
  const waitingRuns = runRows.filter(({ isWaiting, putOffUntil }) => !isWaiting && putOffUntil === null);
  const facts: AlertFacts = {
    now,
    absence: absenceUntil(look.at, now) ?? look.absence,
    jobs: await jobFacts(deps, jobRows, rules),
    runs,
    hosts,
    sourcesInUse: deps.settings.sourcePriority.filter((source) => deps.sources.has(source)),
    budgets,
    channels,
    rights: rightFacts(deps, rights, new Set(datasets.map(({ dataset }) => dataset))),
    datasets,
    schedulerSilentMs: schedulers.length === 0 ? null : Math.min(...schedulers.map((one) => one.silentMs)),
    workers: {
      silentMs,
      openRuns: waitingRuns.length,
      oldestOpenMs: Math.max(0, ...waitingRuns.map(({ stillMs }) => stillMs)),
    },
    disk:
      free === undefined ? null : { freeMegabytes: free, neededMegabytes: deps.settings.minFreeMegabytes },
    database: {
      blockedMs: Math.max(0, ...activity.blocked.map(({ waitingMs }) => waitingMs)),
      transactionMs: activity.oldestTransaction?.ms ?? 0,
    },
    calendar: {
      lastDay: calendar.lastKnownDay,
      daysLeft: dayNumber(calendar.lastKnownDay) - dayNumber(shanghaiDay(marketAt)),
    },
  };
  return { rules, facts };
}

/** A pause that is longer than any between looks, and that nobody has noted yet. */
function absenceUntil(lastLookAt: Instant | null, now: Instant): AlertFacts['absence'] {
  const leastMs = 60_000 * RULE_KINDS.scheduler_stalled.params['absenceMinutes'].min;
  return lastLookAt === null || now - lastLookAt < leastMs ? null : { from: lastLookAt, to: now };
}

async function jobFacts(
  { store }: FactDeps,
  rows: readonly AlertJobRow[],
  rules: readonly AlertRule[],
): Promise<readonly JobFacts[]> {
  const hoursOf = ({ key, dataset }: AlertJobRow): number =>
    ruleFor(rules, 'failure_rate', { job: key, ...(dataset !== null && { dataset }) })?.params['hours'] ?? 0;
  const windows = [...new Set(rows.map(hoursOf))].filter((hours) => hours > 0);
  const [streaks, ...counts] = await Promise.all([
    store.failureStreaks(rows.filter(({ lastFailed }) => lastFailed).map(({ id }) => id)),
    ...windows.map(async (hours) => ({ hours, found: await store.failureCounts(hours) })),
  ]);
  const streakOf = new Map(streaks.map((one) => [one.jobId, one]));
  return rows.map((row) => {
    const { id, key, type, dataset, callsFor, nextFireAt, missed } = row;
    const lately = counts
      .find(({ hours }) => hours === hoursOf(row))
      ?.found.find(({ jobId }) => jobId === id);
    return {
      id,
      key,
      type,
      dataset,
      callsFor,
      nextFireAt,
      missed,
      failing: streakOf.get(id) ?? null,
      lately: lately ?? { ended: 0, failed: 0, evidence: null },
    };
  });
}

/** A run that is put off while its host is in order waits for a time that it has been given; that is no standstill. */
async function openRuns(
  { store, sources }: FactDeps,
  rows: readonly OpenRunRow[],
  hosts: readonly HostStateFacts[],
  budgets: readonly BudgetStateFacts[],
): Promise<readonly OpenRunFacts[]> {
  const old = rows.filter(({ stillMs }) => stillMs >= YOUNG_MS).slice(0, MOST_HISTORIES);
  const troubled = new Set([
    ...hosts.map(({ host }) => host),
    ...budgets.filter(({ left }) => left < 1).map(({ host }) => host),
  ]);
  return Promise.all(
    old.map(async (row) => {
      const { id, jobId, jobKey, dataset, stillMs } = row;
      const asked = row.sources.flatMap((one) => sources.get(one as never)?.hosts ?? []);
      const durations = await store.pastDurations({ jobId, dataset });
      const isPutOff = row.putOffUntil !== null && !asked.some((host) => troubled.has(host));
      return {
        id,
        jobId,
        jobKey,
        dataset,
        hosts: asked.filter((host) => troubled.has(host)),
        stillMs,
        p95Ms: percentile95(durations),
        isWaiting: row.isWaiting || isPutOff || !row.isRunning,
      };
    }),
  );
}

function percentile95(durations: readonly number[]): number {
  const sorted = durations.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.95) - 1)] ?? 0;
}

async function hostFacts({ store, sources }: FactDeps): Promise<readonly HostStateFacts[]> {
  const sourceOf = sourcesByHost(sources);
  return (await store.troubledHosts()).flatMap((row) => {
    const source = sourceOf.get(row.host);
    return source === undefined ? [] : [{ ...row, source }];
  });
}

/** Of each interface the window with the smallest part left. */
async function budgetFacts({ store, sources }: FactDeps, now: Instant): Promise<readonly BudgetStateFacts[]> {
  const sourceOf = sourcesByHost(sources);
  const all = (await store.longBudgets()).flatMap((row): BudgetStateFacts[] => {
    const { host, api, windowSeconds, slides, capacity } = row;
    const source = sourceOf.get(host);
    if (source === undefined) return [];
    return [{ host, source, api, windowSeconds, slides, capacity, left: Math.max(0, levelAt(row, now)) }];
  });
  const ofWindow = Map.groupBy(all, ({ host, api, windowSeconds }) => `${host} ${api} ${windowSeconds}`);
  return [...ofWindow.values()].map((same) =>
    same.reduce((least, one) => (one.left / one.capacity < least.left / least.capacity ? one : least)),
  );
}

function sourcesByHost(sources: FactDeps['sources']): ReadonlyMap<string, string> {
  return new Map([...sources.values()].flatMap(({ id, hosts }) => hosts.map((host) => [host, id] as const)));
}

/** Refused interfaces of sources in use, with what nobody else may give in their place. */
function rightFacts(
  { sources, settings }: FactDeps,
  rights: readonly SourceRight[],
  collected: ReadonlySet<string>,
): AlertFacts['rights'] {
  const all = settings.sourcePriority.flatMap((source) =>
    [...Map.groupBy(sources.get(source)?.capabilities ?? [], ({ api }) => api)].map(
      ([api, capabilities]) => ({
        source,
        api,
        datasets: [...new Set(capabilities.map(({ dataset }) => dataset))],
        isAllowed: hasRight(rights, source, api),
      }),
    ),
  );
  const served = new Set(all.filter(({ isAllowed }) => isAllowed).flatMap(({ datasets }) => datasets));
  return all
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ source, api, datasets }) => ({
      source,
      api,
      datasets,
      unserved: datasets.filter((dataset) => collected.has(dataset) && !served.has(dataset)),
    }));
}

async function datasetFacts(
  deps: FactDeps,
  read: DatasetReader,
  about: {
    readonly rules: readonly AlertRule[];
    readonly rights: readonly SourceRight[];
    readonly jobRows: readonly AlertJobRow[];
    readonly runRows: readonly OpenRunRow[];
    readonly now: Instant;
    readonly marketAt: Instant;
  },
): Promise<readonly DatasetFacts[]> {
  const { store } = deps;
  const collected = collectedDatasets(about.jobRows);
  const targets = activeTargets(await store.targets(), collected, await store.installedAt());
  const names = [...new Set([...collected.keys(), ...targets.map(({ dataset }) => dataset)])];
  const [newest, byPeople, orders] = await Promise.all([
    store.newestRuns(names),
    store.coverageChanges(),
    priorities(deps),
  ]);
  const facts: DatasetFacts[] = [];
  // one after the other: counting several markets at once would hold the loop up for longer
  for (const dataset of names) {
    const target = targets.find((one) => one.dataset === dataset);
    const hasOpenRun = about.runRows.some((run) => run.dataset === dataset);
    const version = JSON.stringify([newest.get(dataset), byPeople]);
    const counted = await read({ ...about, dataset, target, version, hasOpenRun });
    const order = orders.find((one) => one.dataset === dataset)?.sources ?? [];
    const roads = order.flatMap((source) => {
      const capability = deps.sources.get(source)?.capabilities.find((one) => one.dataset === dataset);
      if (capability === undefined) return [];
      const isRefused = !hasRight(about.rights, source, capability.api);
      return isRefused ? [] : [capability.host ?? deps.sources.get(source)?.hosts[0] ?? source];
    });
    facts.push({
      ...counted,
      dataset,
      jobIds: collected.get(dataset) ?? [],
      hosts: [...new Set(roads)],
      sources: order,
      hasOpenRun,
      wanted: target?.share ?? 1,
    });
  }
  return facts;
}
