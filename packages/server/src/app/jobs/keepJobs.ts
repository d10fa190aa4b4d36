import { AppError, isJobKey, type JobDefinition } from '@tapekeeper/core';
import type { Job, JobId, JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { nextMomentOf } from '../schedule/nextMoment.ts';
import { checkParams } from './checkParams.ts';
import { findJob } from './findJob.ts';
import { requireSchedule } from './requireSchedule.ts';
import { warningsOf, type JobWarning } from './warnings.ts';

/** A job after a change, and what to know about it. */
export interface JobReport {
  readonly job: JobView;
  readonly warnings: readonly JobWarning[];
}

export interface JobWish {
  readonly key: string;
  readonly definition: JobDefinition;
  readonly enabled: boolean;
  readonly author: string;
}

/**
 * Keeps a new job. Raises `bad_job_key`, `job_exists`, `unknown_job`, `job_loop`, what is wrong with its
 * trigger, and what a person's wish for the same work would raise.
 */
export async function createJob(
  deps: AppDeps,
  { key, definition, enabled, author }: JobWish,
): Promise<JobReport> {
  if (!isJobKey(key)) throw new AppError('bad_job_key', { key: key.slice(0, 80) });
  await requireSchedule(deps, key, definition.schedule, true);
  await checkParams(deps, definition, { id: undefined, group: definition.policies.group });
  const state = enabled ? 'enabled' : 'disabled';
  const made = await deps.store.createJob({ key, definition, state, author }, await nextMomentOf(deps));
  return reportOf(deps, made.id);
}

/** Keeps a new version of a job; one that says the same is none. Raises what `createJob` does, and `job_changed`. */
export async function updateJob(
  deps: AppDeps,
  id: JobId,
  change: { readonly definition: JobDefinition; readonly version: number; readonly author: string },
): Promise<JobReport> {
  const { definition, version, author } = change;
  const former = await findJob(deps, id);
  const isNew = endOf(former.definition) !== endOf(definition);
  await requireSchedule(deps, former.key, definition.schedule, isNew);
  await checkParams(deps, definition, { id, group: definition.policies.group });
  await deps.store.updateJob(id, { definition, expected: version, author }, await nextMomentOf(deps));
  return reportOf(deps, id);
}

/** What can lie in the past, which is no fault of a job that has been there as long. */
function endOf({ schedule: { trigger, activeUntil } }: JobDefinition): string {
  return `${trigger.kind === 'once' ? trigger.at : ''} ${activeUntil ?? ''}`;
}

const MOST_COPIES = 100;

/** A job like another one, disabled, under a key of its own. */
export async function copyJob(
  deps: AppDeps,
  id: JobId,
  { key, author }: { readonly key?: string | undefined; readonly author: string },
): Promise<JobReport> {
  const { definition, key: former } = await findJob(deps, id);
  const copy = { ...definition, name: `${definition.name.slice(0, 190)} (copy)` };
  if (key !== undefined && !isJobKey(key)) throw new AppError('bad_job_key', { key: key.slice(0, 80) });
  const next = await nextMomentOf(deps);
  for (let no = 1; ; no++) {
    try {
      const wished = key ?? `${former.slice(0, 56)}-copy${no === 1 ? '' : no}`;
      const made = await deps.store.createJob(
        { key: wished, definition: copy, state: 'disabled', author },
        next,
      );
      return await reportOf(deps, made.id);
    } catch (error) {
      const isTaken = error instanceof AppError && error.code === 'job_exists';
      if (!isTaken || key !== undefined || no === MOST_COPIES) throw error;
    }
  }
}

export type JobStep = 'enable' | 'disable' | 'pause' | 'resume';

/**
 * A step of a job; the state that it is in already is none. A disabled job can be enabled and nothing
 * else. Never fires for the past. Raises `unknown_job` and `bad_job_step`, and on the way to work what is
 * wrong with its definition by now.
 */
export async function stepJob(deps: AppDeps, id: JobId, step: JobStep, author: string): Promise<JobReport> {
  const { state, definition, key } = await findJob(deps, id);
  if (step === 'resume' && state === 'disabled') throw new AppError('bad_job_step', { job: key });
  if (step === 'enable' && state === 'disabled') {
    await requireSchedule(deps, key, definition.schedule, false);
    await checkParams(deps, definition, { id, group: definition.policies.group });
  }
  await deps.store.setJobState(id, STATE_AFTER[step], author, await nextMomentOf(deps));
  return reportOf(deps, id);
}

const STATE_AFTER = {
  enable: 'enabled',
  resume: 'enabled',
  pause: 'paused',
  disable: 'disabled',
} as const satisfies Record<JobStep, Job['state']>;

/** The job leaves lists and never fires again; returns it as it was. */
export async function deleteJob(deps: AppDeps, id: JobId, author: string): Promise<JobView> {
  const job = await findJob(deps, id);
  await deps.store.deleteJob(id, author);
  return job;
}

/** A job as it is, and what to know about it. Raises `unknown_job`. */
export async function reportOf(deps: AppDeps, id: JobId): Promise<JobReport> {
  const job = await findJob(deps, id);
  return { job, warnings: await warningsOf(deps, job) };
}
