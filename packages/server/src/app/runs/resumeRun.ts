import { AppError } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { readAuthor } from '../quality/author.ts';
import { findRun, isOver, type RunDeps } from './findRun.ts';
import { runAgain } from './runAgain.ts';

/**
 * Lets a paused run go on. One that has failed or was cancelled stays as it ended: a new run with the same
 * question takes it up, which for a sync is what is still missing. Raises `unknown_run`, or
 * `run_not_paused` where there is nothing to resume.
 */
export async function resumeRun(deps: RunDeps, id: RunId, by: string): Promise<RunView> {
  const author = readAuthor(by);
  const run = await findRun(deps, id);
  if (run.state === 'failed' || run.state === 'cancelled')
    return findRun(deps, await runAgain(deps, run, author));
  if (isOver(run)) throw new AppError('run_not_paused', { run: id, state: run.state });
  await deps.store.continueRun(id, author);
  return findRun(deps, id);
}
