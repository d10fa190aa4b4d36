import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { readAuthor } from '../quality/author.ts';
import { findRun, type RunDeps } from './findRun.ts';

/** Pauses a running run at its next item. Raises `unknown_run`, `run_over`, or `run_not_running`. */
export async function pauseRun(deps: RunDeps, id: RunId, by: string): Promise<RunView> {
  await deps.store.pauseRun(id, readAuthor(by));
  return findRun(deps, id);
}
