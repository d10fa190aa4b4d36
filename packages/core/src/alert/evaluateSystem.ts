import type { AlertFacts } from './facts.ts';
import { CAUSE } from './needs.ts';
import { ruleFor, type AlertRule } from './rule.ts';
import type { Signal } from './signal.ts';

type Part = (rules: readonly AlertRule[], facts: AlertFacts) => readonly Signal[];

const PLAIN = { subject: {}, since: null, needs: [], weight: 'opens', evidence: null } as const;

const database: Part = (rules, { database: { blockedMs, transactionMs } }) => {
  const rule = ruleFor(rules, 'database_trouble');
  if (rule === undefined) return [];
  const { blockedSeconds = 0, transactionMinutes = 0 } = rule.params;
  if (blockedMs < blockedSeconds * 1000 && transactionMs < transactionMinutes * 60_000) return [];
  const values = { blockedSeconds: seconds(blockedMs), transactionMinutes: minutes(transactionMs) };
  const key = 'database_trouble';
  return [
    { ...PLAIN, key, kind: 'database_trouble', severity: rule.severity, cause: CAUSE.database, values },
  ];
};

const disk: Part = (rules, { disk: space }) => {
  const rule = ruleFor(rules, 'disk_low');
  if (rule === undefined || space === null) return [];
  const { freeMegabytes: free, neededMegabytes: needed } = space;
  if (free >= Math.max(rule.params['megabytes'] ?? 0, needed)) return [];
  const severity = free < needed ? 'critical' : rule.severity;
  return [
    { ...PLAIN, key: 'disk_low', kind: 'disk_low', severity, cause: CAUSE.disk, values: { free, needed } },
  ];
};

/** A stretch in which nobody looked is worth a word only if it explains something. */
const scheduler: Part = (rules, { schedulerSilentMs, absence }) => {
  const rule = ruleFor(rules, 'scheduler_stalled');
  if (rule === undefined) return [];
  const { seconds: most = 0, absenceMinutes = 0 } = rule.params;
  const stalled = {
    ...PLAIN,
    key: 'scheduler_stalled',
    kind: 'scheduler_stalled',
    severity: rule.severity,
    cause: CAUSE.scheduler,
  } as const;
  if (schedulerSilentMs !== null && schedulerSilentMs >= most * 1000)
    return [{ ...stalled, values: { minutes: minutes(schedulerSilentMs) } }];
  if (absence === null || absence.to - absence.from < absenceMinutes * 60_000) return [];
  return [
    {
      ...stalled,
      since: absence.from,
      values: { minutes: minutes(absence.to - absence.from) },
      weight: 'explains',
    },
  ];
};

const worker: Part = (rules, { workers: { silentMs, openRuns, oldestOpenMs } }) => {
  const rule = ruleFor(rules, 'no_worker');
  if (rule === undefined) return [];
  const mostMs = (rule.params['seconds'] ?? 0) * 1000;
  if (openRuns === 0 || oldestOpenMs < mostMs || (silentMs !== null && silentMs < mostMs)) return [];
  const values = { runs: openRuns, minutes: minutes(oldestOpenMs) };
  return [
    {
      ...PLAIN,
      key: 'no_worker',
      kind: 'no_worker',
      severity: rule.severity,
      cause: CAUSE.worker,
      values,
      needs: [CAUSE.database],
    },
  ];
};

/** Where no source at all can be reached for other reasons than bans, it is the network and not the sources. */
const hosts: Part = (rules, facts) => {
  const down = facts.hosts.filter(({ openings }) => openings > 0);
  const signals = down.flatMap(({ host, source, openings, isBan, openUntil, reason }): Signal[] => {
    const rule = ruleFor(rules, 'source_down', { source });
    if (rule === undefined) return [];
    return [
      {
        ...PLAIN,
        key: `source_down:${host}`,
        kind: 'source_down',
        severity: rule.severity,
        cause: CAUSE.host(host),
        subject: { source },
        values: { host, source, reason, ban: isBan ? 1 : 0, until: openUntil ?? 0 },
        needs: isBan ? [] : [CAUSE.network],
        weight: isBan || openings >= (rule.params['openings'] ?? 1) ? 'opens' : 'keeps',
      },
    ];
  });
  const unreachable = new Set(down.filter(({ isBan }) => !isBan).map(({ source }) => source));
  const everywhere =
    facts.sourcesInUse.length > 1 && facts.sourcesInUse.every((source) => unreachable.has(source));
  if (!everywhere || signals.length === 0) return signals;
  const network: Signal = {
    ...PLAIN,
    key: 'source_down:network',
    kind: 'source_down',
    severity: 'critical',
    cause: CAUSE.network,
    values: { sources: facts.sourcesInUse.length, hosts: down.length },
    weight: signals.some(({ weight }) => weight === 'opens') ? 'opens' : 'keeps',
  };
  return [network, ...signals];
};

/** A refusal that other sources make up for is a reason at most. */
const rights: Part = (rules, facts) =>
  facts.rights.flatMap(({ source, api, datasets, unserved }): Signal[] => {
    const subject = { source, ...(datasets[0] !== undefined && { dataset: unserved[0] ?? datasets[0] }) };
    const rule = ruleFor(rules, 'right_missing', subject);
    if (rule === undefined) return [];
    return [
      {
        ...PLAIN,
        key: `right_missing:${source}:${api}`,
        kind: 'right_missing',
        severity: rule.severity,
        cause: CAUSE.right(source),
        subject,
        values: { source, api, datasets: (unserved.length > 0 ? unserved : datasets).join(', ') },
        weight: unserved.length > 0 ? 'opens' : 'explains',
      },
    ];
  });

/** Quotas of a few calls a day are used up by plain work: those are a reason for others at most. */
const FEW_CALLS = 100;

const budgets: Part = (rules, facts) =>
  facts.budgets.flatMap(({ host, source, api, windowSeconds, slides, capacity, left }): Signal[] => {
    const rule = ruleFor(rules, 'budget_running_out', { source });
    // a window that slides is full or empty by the pace of work alone
    const used = slides ? (left < 1 ? 100 : 0) : 100 * (1 - left / capacity);
    if (rule === undefined || used < (rule.params['percent'] ?? 100)) return [];
    return [
      {
        ...PLAIN,
        key: `budget_running_out:${host}:${api}:${windowSeconds}`,
        kind: 'budget_running_out',
        severity: rule.severity,
        cause: CAUSE.budget(host),
        subject: { source },
        values: {
          host,
          source,
          api,
          hours: Math.round(windowSeconds / 3600),
          left: Math.floor(left),
          capacity,
        },
        weight: !slides && capacity >= FEW_CALLS ? 'opens' : 'explains',
      },
    ];
  });

const channels: Part = (rules, facts) => {
  const rule = ruleFor(rules, 'channel_failing');
  if (rule === undefined) return [];
  const failing = facts.channels.filter(({ lost }) => lost >= (rule.params['count'] ?? 1));
  return failing.map(({ name, lost, since, error }) => ({
    ...PLAIN,
    key: `channel_failing:${name}`,
    kind: 'channel_failing',
    severity: rule.severity,
    cause: CAUSE.channel(name),
    since,
    values: { channel: name, count: lost, error },
    needs: [CAUSE.network],
  }));
};

/** A calendar that ends so soon is pressing. */
const LAST_DAYS = 10;

const calendar: Part = (rules, { calendar: { lastDay, daysLeft } }) => {
  const rule = ruleFor(rules, 'calendar_ending');
  if (rule === undefined || daysLeft >= (rule.params['days'] ?? 0)) return [];
  return [
    {
      ...PLAIN,
      key: 'calendar_ending',
      kind: 'calendar_ending',
      // exchanges announce it in the last weeks of the year: before that there is nothing that anybody could do
      severity: daysLeft > LAST_DAYS ? 'info' : rule.severity,
      cause: CAUSE.calendar,
      values: { lastDay, days: Math.max(0, daysLeft) },
    },
  ];
};

/** What is wrong with the program's surroundings. */
export const SYSTEM_PARTS: readonly Part[] = [
  database,
  disk,
  scheduler,
  worker,
  hosts,
  rights,
  budgets,
  channels,
  calendar,
];

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

function minutes(ms: number): number {
  return Math.round(ms / 60_000);
}
