import type {
  FireList,
  Job,
  JobChanges,
  JobDefinitionText,
  JobReport,
  JobVersions,
  StarterList,
} from '@tapekeeper/contract';
import { isoInstant, type Instant, type JobDefinition, type Schedule } from '@tapekeeper/core';
import type { AppDeps } from '../../../app/deps.ts';
import type { StarterView } from '../../../app/jobs/installStarters.ts';
import type { JobReport as JobReportOfApp } from '../../../app/jobs/keepJobs.ts';
import type { FireView, JobChange, JobVersion, JobView } from '../../../ports/jobStore.ts';
import { scheduleWords } from '../../../app/preview/scheduleWords.ts';

type Words = Pick<AppDeps, 'cronWords'>;

export function presentJob(deps: Words, job: JobView): Job {
  const { id, key, state, version, openRuns, lastRun } = job;
  return {
    id,
    key,
    state,
    version,
    definition: presentDefinition(job.definition),
    words: scheduleWords(job.definition.schedule, deps),
    next:
      job.next === null
        ? null
        : { scheduledFor: isoInstant(job.next.scheduledFor), dueAt: isoInstant(job.next.dueAt) },
    openRuns,
    lastRun:
      lastRun === null
        ? null
        : {
            id: lastRun.id,
            state: lastRun.state,
            createdAt: isoInstant(lastRun.createdAt),
            startedAt: orNull(lastRun.startedAt),
            finishedAt: orNull(lastRun.finishedAt),
          },
    createdAt: isoInstant(job.createdAt),
    updatedAt: isoInstant(job.updatedAt),
  };
}

export function presentReport(deps: Words, { job, warnings }: JobReportOfApp): JobReport {
  return { job: presentJob(deps, job), warnings: warnings.map(({ code, text }) => ({ code, text })) };
}

/** A definition as people write it, so that what is read can be sent back. */
export function presentDefinition({ schedule, ...rest }: JobDefinition): JobDefinitionText {
  const { activeFrom, activeUntil } = schedule;
  // the arrays of answers may be changed by nobody either, but their types do not say so
  return {
    ...rest,
    schedule: {
      ...schedule,
      trigger: presentTrigger(schedule.trigger),
      activeFrom: orNull(activeFrom),
      activeUntil: orNull(activeUntil),
    },
  } as JobDefinitionText;
}

function presentTrigger(trigger: Schedule['trigger']): JobDefinitionText['schedule']['trigger'] {
  switch (trigger.kind) {
    case 'interval':
      return { ...trigger, anchor: isoInstant(trigger.anchor) };
    case 'once':
      return { ...trigger, at: isoInstant(trigger.at) };
    case 'cron':
    case 'session':
    case 'after':
    case 'manual':
      return trigger;
  }
}

export function presentVersion({
  version,
  definition,
  author,
  createdAt,
}: JobVersion): JobVersions['versions'][number] {
  return { version, definition: presentDefinition(definition), author, createdAt: isoInstant(createdAt) };
}

export function presentChange(change: JobChange): JobChanges['changes'][number] {
  const { id, at, action, state, version, author, detail } = change;
  return { id, at: isoInstant(at), action, state, version, author, detail };
}

export function presentFire(fire: FireView): FireList['fires'][number] {
  const { id, jobId, jobVersion, dueCount, decision, reason, blocker, upstreamRunId, runId, runState } = fire;
  return {
    id,
    jobId,
    jobVersion,
    scheduledFor: isoInstant(fire.scheduledFor),
    until: isoInstant(fire.until),
    dueCount,
    decision,
    reason,
    blocker: blocker === null ? null : { runIds: [...blocker.runIds], group: blocker.group },
    upstreamRunId,
    decidedAt: isoInstant(fire.decidedAt),
    runId,
    runState,
  };
}

/** Starters name each other by key; what they are does not depend on the numbers. */
export function presentStarter({ starter, job }: StarterView): StarterList['starters'][number] {
  const { type, name, description } = starter.define(() => 1);
  return {
    key: starter.key,
    jobId: job?.id ?? null,
    state: job?.state ?? null,
    core: starter.isCore,
    type,
    name,
    description,
  };
}

function orNull(at: Instant | null): string | null {
  return at === null ? null : isoInstant(at);
}
