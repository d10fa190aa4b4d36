import { AppError, isAppError, STARTERS, type Starter } from '@tapekeeper/core';
import type { JobId, JobView, NextMoment } from '../../ports/jobStore.ts';
import type { AppDeps } from '../deps.ts';
import { nextMomentOf } from '../schedule/nextMoment.ts';

/** Who made a job that nobody made. */
const AUTHOR = 'tapekeeper';

export interface StarterInstallation {
  /** Whether those that keep the data complete are enabled at once; all others never are. */
  readonly enable: 'core' | 'none';
  /** `missing`: whatever is not there now; `new`: what has never been there, so that what was deleted stays away. */
  readonly which: 'missing' | 'new';
  /** Who wants them; left out, nobody has asked, and each is a decision of the program. */
  readonly author?: string;
}

/**
 * Makes the starters that are not there, in the order of the catalogue; jobs that are there stay as people
 * have made them. An installation that was cut short goes on where it was. Returns the new keys.
 */
export async function installStarters(
  deps: Pick<AppDeps, 'store' | 'readCron'>,
  { enable, which, author }: StarterInstallation,
): Promise<readonly string[]> {
  const { store } = deps;
  const keys = STARTERS.map((starter) => starter.key);
  const known = new Set(which === 'new' ? await store.everUsedKeys(keys) : []);
  const wanted = STARTERS.filter((starter) => !known.has(starter.key));
  if (wanted.length === 0) return [];
  const next = await nextMomentOf(deps);
  const ids = new Map<string, JobId>();
  const installed: string[] = [];
  for (const starter of STARTERS) {
    const standing = await store.jobByKey(starter.key);
    if (standing !== undefined) ids.set(starter.key, standing.id);
    else if (wanted.includes(starter)) {
      const made = await install(store, starter, ids, { enable, author }, next);
      if (made === undefined) continue;
      ids.set(starter.key, made.id);
      if (made.isOurs) installed.push(starter.key);
    }
  }
  return installed;
}

/** Undefined where what it refers to was deleted; another process may have been quicker. */
async function install(
  store: AppDeps['store'],
  { key, isCore, define }: Starter,
  ids: ReadonlyMap<string, JobId>,
  { enable, author }: { readonly enable: 'core' | 'none'; readonly author: string | undefined },
  next: NextMoment,
): Promise<{ readonly id: JobId; readonly isOurs: boolean } | undefined> {
  try {
    const definition = define((name) => {
      const id = ids.get(name);
      if (id === undefined) throw new AppError('unknown_job', { job: name });
      return id;
    });
    const state = isCore && enable === 'core' ? 'enabled' : 'disabled';
    const by = author === undefined ? { author: AUTHOR, decision: 'autoStarterJobs' as const } : { author };
    const { id } = await store.createJob({ key, definition, state, ...by }, next);
    return { id, isOurs: true };
  } catch (error) {
    if (isAppError(error, 'unknown_job')) return undefined;
    if (!isAppError(error, 'job_exists')) throw error;
    const standing = await store.jobByKey(key);
    return standing && { id: standing.id, isOurs: false };
  }
}

/** A starter, and the job that has its key. */
export interface StarterView {
  readonly starter: Starter;
  readonly job: JobView | undefined;
}

export async function listStarters({ store }: Pick<AppDeps, 'store'>): Promise<readonly StarterView[]> {
  return Promise.all(STARTERS.map(async (starter) => ({ starter, job: await store.jobByKey(starter.key) })));
}
