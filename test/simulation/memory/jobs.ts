import { AppError, JOB_MACHINE, mayStep, type JobDefinition, type JobState } from '@tapekeeper/core';
import type {
  Job,
  JobAction,
  JobChange,
  JobView,
  NewJob,
  NextMoment,
} from '../../../packages/server/src/ports/jobStore.ts';
import type { Memory } from './memory.ts';
import { isOver } from './runs.ts';
import type { JobRow } from './tables.ts';

export function jobRow({ tables }: Memory, id: number): JobRow {
  const job = tables.jobs.get(id);
  if (job === undefined || job.deletedAt !== null) throw new AppError('unknown_job', { job: id });
  return job;
}

function viewOf({ id, key, definition, state, version, next, createdAt, updatedAt }: JobRow): Job {
  return { id, key, definition, state, version, next, createdAt, updatedAt };
}

export function createJob(memory: Memory, job: NewJob, next: NextMoment): Job {
  const { key, definition, state, author } = job;
  for (const other of memory.tables.jobs.values())
    if (other.key === key && other.deletedAt === null) throw new AppError('job_exists', { job: key });
  const now = memory.now();
  const moment = state === 'enabled' ? next(job, now) : null;
  const row: JobRow = {
    id: memory.newId('job'),
    key,
    definition,
    state,
    version: 1,
    next: moment,
    lastFireId: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  };
  memory.tables.jobs.set(row.id, row);
  makeGroup(memory, definition);
  noteChange(memory, row, 'created', author);
  return viewOf(row);
}

export function updateJob(
  memory: Memory,
  id: number,
  change: { readonly definition: JobDefinition; readonly expected: number; readonly author: string },
  next: NextMoment,
): Job {
  const job = jobRow(memory, id);
  if (job.version !== change.expected)
    throw new AppError('job_changed', { job: job.key, found: job.version });
  const { definition } = change;
  const isSameSchedule = JSON.stringify(job.definition.schedule) === JSON.stringify(definition.schedule);
  if (!isSameSchedule || job.next === null)
    job.next = job.state === 'enabled' ? next({ key: job.key, definition }, memory.now()) : null;
  if (!isSameSchedule) job.lastFireId = null;
  job.definition = definition;
  job.version += 1;
  job.updatedAt = memory.now();
  makeGroup(memory, definition);
  noteChange(memory, job, 'updated', change.author);
  return viewOf(job);
}

/** What lies in the past is never made up for. */
export function setJobState(
  memory: Memory,
  id: number,
  state: JobState,
  author: string,
  next: NextMoment,
): Job {
  const job = jobRow(memory, id);
  const from = job.state;
  if (from === state) return viewOf(job);
  if (!mayStep(JOB_MACHINE, from, state)) throw new AppError('bad_job_step', { job: job.key });
  const moment = state === 'enabled' ? next(job, memory.now()) : null;
  job.state = state;
  job.next = moment;
  job.lastFireId = null;
  job.updatedAt = memory.now();
  noteChange(memory, job, actionOf(from, state), author);
  return viewOf(job);
}

function actionOf(from: JobState, to: JobState): JobAction {
  if (to === 'enabled') return from === 'paused' ? 'resumed' : 'enabled';
  return to;
}

export function job(memory: Memory, id: number): JobView | undefined {
  const row = memory.tables.jobs.get(id);
  if (row === undefined || row.deletedAt !== null) return undefined;
  const runs = [...memory.tables.runs.values()].filter(({ jobId }) => jobId === id);
  const last = runs.at(-1);
  return {
    ...viewOf(row),
    openRuns: runs.filter((run) => !isOver(run)).length,
    lastRun:
      last === undefined
        ? null
        : {
            id: last.id,
            state: last.state,
            createdAt: last.createdAt,
            startedAt: last.startedAt,
            finishedAt: last.finishedAt,
          },
  };
}

export function jobs(memory: Memory): readonly JobView[] {
  return [...memory.tables.jobs.keys()].flatMap((id) => job(memory, id) ?? []);
}

export function jobChanges({ tables }: Memory, id: number): readonly JobChange[] {
  return tables.jobChanges.filter(({ jobId }) => jobId === id).toReversed();
}

function makeGroup({ tables }: Memory, { policies: { group } }: JobDefinition): void {
  if (group !== null && !tables.groups.has(group)) tables.groups.set(group, 1);
}

export function noteChange(
  memory: Memory,
  { id, state, version }: JobRow,
  action: JobAction,
  author: string,
  detail: JobChange['detail'] = null,
): void {
  const row = {
    id: memory.newId('change'),
    jobId: id,
    at: memory.now(),
    action,
    state,
    version,
    author,
    detail,
  };
  memory.tables.jobChanges.push(row);
}
