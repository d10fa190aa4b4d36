import type { Instant, JobDefinition, JobState } from '@tapekeeper/core';
import type { JobAction, JobChange, JobView } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { zoneOfSchedule } from './moments.ts';
import { localTime, type Words } from './words.ts';

/** A job as it was at an instant. */
export interface JobLife {
  /** Whether it had been made. */
  readonly existed: boolean;
  readonly state: JobState;
  /** Who brought it into that state, and when; null where that is not known any more. */
  readonly by: { readonly author: string; readonly at: Instant } | null;
  readonly version: number;
  readonly definition: JobDefinition;
}

/** Changes that set the state; the others leave it as it was. */
const SETS_STATE: readonly JobAction[] = ['created', 'enabled', 'disabled', 'paused', 'resumed', 'deleted'];
const CHANGES_A_PAGE = 100;
const MOST_PAGES = 20;

export async function jobLifeAt(
  { store }: Pick<AppDeps, 'store'>,
  job: JobView,
  at: Instant,
): Promise<JobLife> {
  const change = await store.jobChangeAt(job.id, at);
  const { state, version } = change ?? job;
  const definition = version === job.version ? job.definition : await definitionOf(store, job, version);
  const setter = change === undefined ? undefined : await setterOf(store, job.id, change);
  return {
    existed: change !== undefined || job.createdAt <= at,
    state,
    by: setter === undefined ? null : { author: setter.author, at: setter.at },
    version,
    definition,
  };
}

async function definitionOf(store: AppDeps['store'], job: JobView, version: number): Promise<JobDefinition> {
  const [found] = await store.jobVersions(job.id, { before: version + 1, limit: 1 });
  return found?.definition ?? job.definition;
}

/** The change at or before another one that brought the job into its state. */
async function setterOf(
  store: AppDeps['store'],
  job: number,
  last: JobChange,
): Promise<JobChange | undefined> {
  let change: JobChange | undefined = last;
  for (let page = 0; page < MOST_PAGES && change !== undefined; page++) {
    if (SETS_STATE.includes(change.action)) return change;
    const earlier: readonly JobChange[] = await store.jobChanges(job, change.id, CHANGES_A_PAGE);
    const setter = earlier.find(({ action }) => SETS_STATE.includes(action));
    if (setter !== undefined) return setter;
    change = earlier.at(-1);
  }
  return undefined;
}

/** Who paused or disabled a job, and when. */
export function inactiveText({ state, by, definition }: JobLife): Words {
  const [en, zh] = state === 'paused' ? ['paused', '暂停'] : ['disabled', '停用'];
  if (by === null) return { en: `The job was ${en}.`, zh: `该任务处于${zh}状态。` };
  const time = localTime(by.at, zoneOfSchedule(definition.schedule));
  return {
    en: `The job was ${en}, by ${by.author} at ${time}.`,
    zh: `该任务已于 ${time} 由 ${by.author} ${zh}。`,
  };
}
