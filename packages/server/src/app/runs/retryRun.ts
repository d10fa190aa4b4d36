import { AppError, isSyncType, type SyncWish } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { readAuthor } from '../quality/author.ts';
import { findRun, isOver, type RunDeps } from './findRun.ts';
import { runAgain, type Question } from './runAgain.ts';

/**
 * Makes a new run of what has failed of an ended one: the failed symbols of a sync, or its whole question
 * where markets of whole days or the run itself failed, since a sync asks for nothing that is there. Raises
 * `unknown_run`, `run_open`, or `run_nothing_failed`.
 */
export async function retryRun(deps: RunDeps, id: RunId, by: string): Promise<RunView> {
  const author = readAuthor(by);
  const run = await findRun(deps, id);
  if (!isOver(run)) throw new AppError('run_open', { run: id, state: run.state });
  if (run.state !== 'failed' && run.state !== 'success_with_errors') {
    throw new AppError('run_nothing_failed', { run: id });
  }
  return findRun(deps, await runAgain(deps, run, author, await failedPart(deps, run)));
}

async function failedPart({ store }: RunDeps, run: RunView): Promise<Question> {
  const { wish, params } = run;
  if (params === null || !isSyncType(run.type) || run.state !== 'success_with_errors')
    return { wish, params };
  const { everySymbol, symbols } = await store.failuresOf(run.id);
  if (everySymbol || symbols.length === 0) return { wish, params };
  const { set: _, ...rest } = wish as SyncWish;
  return { wish: { ...rest, symbols }, params: { ...params, symbols } };
}
