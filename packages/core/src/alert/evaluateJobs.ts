import type { AlertFacts, FailureEvidence, JobFacts, OpenRunFacts } from './facts.ts';
import { CAUSE, needsOfFailure, needsOfStandstill } from './needs.ts';
import { ruleFor, type AlertRule, type AlertSubject } from './rule.ts';
import type { Signal } from './signal.ts';

/** What is wrong with jobs and their runs. */
export function evaluateJobs(rules: readonly AlertRule[], facts: AlertFacts): readonly Signal[] {
  return [
    ...facts.jobs.flatMap((job) => [
      ...failing(rules, facts, job),
      ...failureRate(rules, facts, job),
      ...missedFire(rules, facts, job),
    ]),
    ...facts.runs.flatMap((run) => stuck(rules, run)),
  ];
}

/** A failure that is young, and may yet be put right, explains others only. */
function failing(rules: readonly AlertRule[], facts: AlertFacts, job: JobFacts): readonly Signal[] {
  const rule = ruleFor(rules, 'consecutive_failures', subjectOf(job));
  if (rule === undefined || job.failing === null) return [];
  const { inARow, firstAt, lastRunId, evidence } = job.failing;
  const { count = 1, hours = 0 } = rule.params;
  return [
    {
      key: `consecutive_failures:${job.key}`,
      kind: 'consecutive_failures',
      severity: rule.severity,
      cause: CAUSE.job(job.key),
      subject: subjectOf(job),
      since: firstAt,
      values: { job: job.key, count: inARow, code: evidence.code, runId: lastRunId },
      needs: needsOfFailure(facts, job, evidence),
      weight: inARow >= count || facts.now - firstAt >= hours * 3_600_000 ? 'opens' : 'keeps',
      evidence: textOf(evidence),
    },
  ];
}

function failureRate(rules: readonly AlertRule[], facts: AlertFacts, job: JobFacts): readonly Signal[] {
  const rule = ruleFor(rules, 'failure_rate', subjectOf(job));
  const { ended, failed, evidence } = job.lately;
  if (rule === undefined || ended < (rule.params['runs'] ?? 1)) return [];
  const percent = (100 * failed) / ended;
  if (failed === 0 || percent < (rule.params['percent'] ?? 100)) return [];
  return [
    {
      key: `failure_rate:${job.key}`,
      kind: 'failure_rate',
      severity: rule.severity,
      cause: CAUSE.job(job.key),
      subject: subjectOf(job),
      since: null,
      values: { job: job.key, percent: Math.round(percent), failed, ended, hours: rule.params['hours'] ?? 0 },
      needs: evidence === null ? [] : needsOfFailure(facts, job, evidence),
      weight: 'opens',
      evidence: evidence === null ? null : textOf(evidence),
    },
  ];
}

function missedFire(rules: readonly AlertRule[], { now }: AlertFacts, job: JobFacts): readonly Signal[] {
  const rule = ruleFor(rules, 'missed_fire', subjectOf(job));
  if (rule === undefined) return [];
  const graceMs = (rule.params['minutes'] ?? 0) * 60_000;
  const isLate = job.nextFireAt !== null && now - job.nextFireAt >= graceMs;
  if (!isLate && job.missed === null) return [];
  const from = job.missed?.from ?? job.nextFireAt ?? now;
  return [
    {
      key: `missed_fire:${job.key}`,
      kind: 'missed_fire',
      severity: rule.severity,
      cause: CAUSE.job(job.key),
      subject: subjectOf(job),
      since: from,
      values: { job: job.key, count: job.missed?.count ?? 1, at: from },
      needs: [CAUSE.scheduler, CAUSE.database],
      weight: 'opens',
      evidence: null,
    },
  ];
}

function stuck(rules: readonly AlertRule[], run: OpenRunFacts): readonly Signal[] {
  const subject = {
    ...(run.jobKey !== null && { job: run.jobKey }),
    ...(run.dataset !== null && { dataset: run.dataset }),
  };
  const rule = ruleFor(rules, 'stuck', subject);
  if (rule === undefined || run.isWaiting) return [];
  const { times = 1, minutes = 0 } = rule.params;
  if (run.stillMs < Math.max(minutes * 60_000, times * run.p95Ms)) return [];
  return [
    {
      key: `stuck:${run.id}`,
      kind: 'stuck',
      severity: rule.severity,
      cause: run.jobKey === null ? CAUSE.run(run.id) : CAUSE.job(run.jobKey),
      subject,
      since: null,
      values: { runId: run.id, minutes: Math.round(run.stillMs / 60_000), job: run.jobKey ?? '' },
      needs: needsOfStandstill(run.hosts),
      weight: 'opens',
      evidence: null,
    },
  ];
}

function subjectOf({ key, dataset }: JobFacts): AlertSubject {
  return dataset === null ? { job: key } : { job: key, dataset };
}

function textOf({ code, source }: FailureEvidence): string {
  return source === null ? code : `${code}:${source}`;
}
