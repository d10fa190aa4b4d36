import type { Gauge, GaugeValue } from '../../ports/metrics.ts';
import type { InstallationFacts } from '../../ports/metricsStore.ts';

/** What a look at the metrics has found besides the counts of the process. */
export interface MetricsReading {
  readonly version: string;
  readonly mode: string;
  /** Null where the database has not answered in time. */
  readonly facts: InstallationFacts | null;
  /** Null where the database is on another machine. */
  readonly freeMegabytes: number | null;
}

const MEGABYTE = 1024 * 1024;

/** The numbers of the moment; those of the database are of the whole installation, whichever process tells them. */
export function gaugesOf({ version, mode, facts, freeMegabytes }: MetricsReading): readonly Gauge[] {
  const own = [
    gauge('tapekeeper_build_info', 'Version of the program; always 1.', [[{ version, mode }, 1]]),
    gauge('tapekeeper_database_up', '1 when the database has answered in time.', [
      [{}, facts === null ? 0 : 1],
    ]),
    gauge(
      'tapekeeper_disk_free_bytes',
      'Free space where the database of this process lives.',
      freeMegabytes === null ? [] : [[{}, freeMegabytes * MEGABYTE]],
    ),
  ];
  return facts === null ? own : [...own, ...runGauges(facts), ...workGauges(facts), ...upkeepGauges(facts)];
}

function runGauges({ openRuns, startedRuns, endedRuns, queue }: InstallationFacts): readonly Gauge[] {
  return [
    gauge(
      'tapekeeper_runs_open',
      'Runs that are not over.',
      openRuns.map(({ type, state, runs }) => [{ type, state }, runs]),
    ),
    counter(
      'tapekeeper_runs_started_total',
      'Runs that have begun to work and are over.',
      startedRuns.map(({ type, runs }) => [{ type }, runs]),
    ),
    counter(
      'tapekeeper_runs_ended_total',
      'Runs that are over, by how they ended.',
      endedRuns.map(({ type, state, runs }) => [{ type, state }, runs]),
    ),
    gauge('tapekeeper_dispatch_queue', 'Dispatches that wait for a worker; counted up to 10,000.', [
      [{ due: 'now' }, queue.due],
      [{ due: 'later' }, queue.waiting - queue.due],
    ]),
  ];
}

function workGauges({ workers, schedulers, hosts, budgets }: InstallationFacts): readonly Gauge[] {
  const byNode = [...Map.groupBy(workers, ({ node }) => node)];
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return [
    gauge(
      'tapekeeper_worker_heartbeat_age_seconds',
      'Time since a worker was last heard of.',
      byNode.map(([node, of]) => [{ node }, seconds(Math.min(...of.map(({ silentMs }) => silentMs)))]),
    ),
    gauge(
      'tapekeeper_worker_slots',
      'Shards that a worker can work on at a time.',
      byNode.map(([node, of]) => [{ node }, sum(of.map(({ slots }) => slots))]),
    ),
    gauge(
      'tapekeeper_worker_slots_used',
      'Shards that a worker holds.',
      byNode.map(([node, of]) => [{ node }, sum(of.map(({ held }) => held))]),
    ),
    gauge(
      'tapekeeper_scheduler_turn_age_seconds',
      'Time since a scheduler last looked at what is due.',
      schedulers.map(({ node, silentMs }) => [{ node }, seconds(silentMs)]),
    ),
    gauge(
      'tapekeeper_breaker_open',
      'Whether a host is left alone after failures: 1, or 0.',
      hosts.map(({ host, openings }) => [{ host }, openings > 0 ? 1 : 0]),
    ),
    gauge(
      'tapekeeper_budget_left_ratio',
      'What is left of the calls that a host allows at once: from 1 to 0, used up.',
      budgets.map(({ host, api, windowSeconds, left }) => [
        { host, api, window_seconds: String(windowSeconds) },
        left,
      ]),
    ),
  ];
}

function upkeepGauges(facts: InstallationFacts): readonly Gauge[] {
  const { events, lastBackupMs, freshness } = facts;
  return [
    gauge('tapekeeper_events_unpublished', 'Events that readers cannot see yet; counted up to 10,000.', [
      [{}, events.unpublished],
    ]),
    gauge('tapekeeper_event_lag_seconds', 'Age of the oldest event that readers cannot see yet.', [
      [{}, seconds(events.oldestMs)],
    ]),
    gauge('tapekeeper_incidents_open', 'Incidents that are not resolved.', [[{}, facts.openIncidents]]),
    gauge('tapekeeper_notices_pending', 'Notices that wait to be sent; counted up to 10,000.', [
      [{}, facts.noticesPending],
    ]),
    gauge(
      'tapekeeper_backup_age_seconds',
      'Time since the last backup that was checked; absent where there is none.',
      lastBackupMs === null ? [] : [[{}, seconds(lastBackupMs)]],
    ),
    gauge('tapekeeper_database_bytes', 'Size of the database.', [[{}, facts.databaseBytes]]),
    gauge(
      'tapekeeper_dataset_fresh_age_seconds',
      'Time since the end of the last day that is covered, or since a list was made fresh.',
      freshness.map(({ dataset, ageMs }) => [{ dataset }, seconds(ageMs)]),
    ),
  ];
}

type Value = readonly [labels: GaugeValue['labels'], value: number];

function gauge(name: string, help: string, values: readonly Value[]): Gauge {
  return { name, help, values: values.map(([labels, value]) => ({ labels, value })) };
}

function counter(name: string, help: string, values: readonly Value[]): Gauge {
  return { ...gauge(name, help, values), kind: 'counter' };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
