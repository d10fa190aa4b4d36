import type { SyncWish } from '@tapekeeper/core';
import type { FastifyRequest } from 'fastify';
import { beginTask } from '../../../../app/collection/beginTask.ts';
import { openTask } from '../../../../app/collection/openTask.ts';
import type { AppDeps } from '../../../../app/deps.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { noteOperation } from '../../../audit.ts';
import { authorOf } from '../../../auth/author.ts';
import { DocumentedRefusal, inWords } from '../../refusal.ts';
import { TASK_KINDS, type CollectionJob } from './collectionJobs.ts';
import { runOfTaskId, taskIdOf } from './taskId.ts';
import { START_WORDINGS, TEXTS } from './texts.ts';

/** Keys of the jobs whose runs are tasks. */
export const TASK_KEYS: readonly string[] = TASK_KINDS.map(({ key }) => key);

/**
 * Refuses while a task is open, so that this is said before anything else is looked at. The scheduler decides again,
 * once for all, when the task begins.
 */
export async function refuseWhileBusy(deps: Pick<AppDeps, 'store'>): Promise<void> {
  if ((await openTask(deps, TASK_KEYS)) !== undefined)
    throw new DocumentedRefusal('group_busy', 400, TEXTS.busy);
}

/** Begins a task for who asks, and writes into the audit log what was begun. Returns the id of the task. */
export async function begin(
  deps: AppDeps,
  request: FastifyRequest,
  job: CollectionJob,
  params: Partial<SyncWish>,
): Promise<string> {
  const run = await inWords(START_WORDINGS, () => beginTask(deps, job, params, authorOf(request)));
  const id = taskIdOf(run) ?? '';
  noteOperation(request, { id: String(run.id), after: { task: id, job: job.key, ...summaryOf(params) } });
  return id;
}

/** The wish with the number of its symbols in place of them. */
function summaryOf({ symbols, ...wish }: Partial<SyncWish>): object {
  return symbols === undefined ? wish : { ...wish, symbols: symbols.length };
}

/** The run of a task id. Refused as unknown where it is that of no task, or of another. */
export async function findTask(deps: Pick<AppDeps, 'store'>, id: string): Promise<RunView> {
  const runId = runOfTaskId(id);
  const run = runId === undefined ? undefined : await deps.store.run(runId);
  if (run === undefined || taskIdOf(run) !== id)
    throw new DocumentedRefusal('unknown_run', 404, TEXTS.unknownTask);
  return run;
}
