import type { AlertFacts, DatasetFacts, FailureEvidence, JobFacts } from './facts.ts';

/** Names of causes: what a signal is to others, and what others point at. */
export const CAUSE = {
  database: 'database',
  disk: 'disk',
  scheduler: 'scheduler',
  worker: 'worker',
  network: 'network',
  calendar: 'calendar',
  channel: (name: string) => `channel:${name}`,
  host: (host: string) => `host:${host}`,
  right: (source: string) => `right:${source}`,
  budget: (host: string) => `budget:${host}`,
  job: (key: string) => `job:${key}`,
  run: (id: number) => `run:${id}`,
  dataset: (dataset: string) => `dataset:${dataset}`,
  failures: (evidence: string) => `failures:${evidence}`,
} as const;

/** What keeps anything from being done. */
const SYSTEM = [CAUSE.database, CAUSE.disk, CAUSE.worker] as const;

/** Codes of errors by what they say of the cause. */
const OF_THE_ROAD: readonly string[] = [
  'transport',
  'timeout',
  'banned',
  'breaker_open',
  'malformed',
  'empty',
];
const OF_THE_BUDGET: readonly string[] = ['rate_limited', 'quota_exhausted'];
const OF_A_RIGHT: readonly string[] = ['permission_denied', 'bad_token'];
const OF_THE_PROGRAM: readonly string[] = ['internal', 'interrupted', 'lease_lost', 'database_lost'];
const OF_TIME: readonly string[] = ['run_timeout', 'timed_out'];

/**
 * What may stand behind a failure: only what its error speaks of. A job that fails for its own reason is not
 * excused by a source that is down beside it.
 */
export function needsOfFailure(
  facts: AlertFacts,
  job: JobFacts,
  evidence: FailureEvidence,
): readonly string[] {
  const nodes = facts.jobs.filter(({ id }) => job.callsFor.includes(id)).map(({ key }) => CAUSE.job(key));
  return [...nodes, ...needsOfCode(facts, job, evidence)];
}

function needsOfCode(facts: AlertFacts, job: JobFacts, evidence: FailureEvidence): readonly string[] {
  const { code, source } = evidence;
  const hosts = hostsOf(facts, job, evidence);
  if (code === 'disk_full') return [CAUSE.disk];
  if (OF_THE_ROAD.includes(code)) return [...hosts.map(CAUSE.host), CAUSE.network];
  if (OF_THE_BUDGET.includes(code)) return hosts.map(CAUSE.budget);
  if (OF_A_RIGHT.includes(code)) return source === null ? [] : [CAUSE.right(source)];
  if (OF_THE_PROGRAM.includes(code)) return SYSTEM;
  if (OF_TIME.includes(code)) return [...SYSTEM, ...hosts.map(CAUSE.host), ...hosts.map(CAUSE.budget)];
  return [];
}

/** The host that the error names, else those of its source, else those that the job asks. */
function hostsOf(facts: AlertFacts, job: JobFacts, evidence: FailureEvidence): readonly string[] {
  if (evidence.host !== null) return [evidence.host];
  const asked = facts.datasets.find(({ dataset }) => dataset === job.dataset)?.hosts ?? [];
  if (evidence.source === null) return asked;
  const ofSource = [...facts.hosts, ...facts.budgets].filter(({ source }) => source === evidence.source);
  const known = new Set(ofSource.map(({ host }) => host));
  // a source may have many hosts: those that the data set is read from come first
  return [...new Set([...asked.filter((host) => known.has(host)), ...known])];
}

/** An open run stands still when the program does, or whom it asks. */
export function needsOfStandstill(hosts: readonly string[]): readonly string[] {
  return [...SYSTEM, ...hosts.map(CAUSE.host), CAUSE.network, ...hosts.map(CAUSE.budget)];
}

/**
 * A data set is late for the jobs that write it, else for what keeps the program from working, else for the
 * source that is asked first: a fallback that is down keeps nothing from being collected.
 */
export function needsOfDataset(
  facts: AlertFacts,
  { jobIds, hosts, sources }: DatasetFacts,
): readonly string[] {
  const writers = facts.jobs.filter(
    ({ id, callsFor }) => jobIds.includes(id) || callsFor.some((called) => jobIds.includes(called)),
  );
  const [first] = hosts;
  const road = first === undefined ? [] : [CAUSE.host(first), CAUSE.network, CAUSE.budget(first)];
  return [
    ...writers.map(({ key }) => CAUSE.job(key)),
    ...SYSTEM,
    CAUSE.scheduler,
    ...road,
    ...sources.map(CAUSE.right),
  ];
}
