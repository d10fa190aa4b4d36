import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { readAuthor } from '../quality/author.ts';
import { findRun, type RunDeps } from './findRun.ts';

export interface CancelWish {
  readonly by: string;
  /** Empty where nobody gives one. */
  readonly reason: string;
  /** Does not wait for the work to stop: it is fenced off instead. */
  readonly force: boolean;
}

/**
 * Cancels a run: at once where nobody works on it, else when the work has stopped. Cancelled twice is
 * cancelled once. Raises `unknown_run`, or `run_over` where it has ended in another way.
 */
export async function cancelRun(deps: RunDeps, id: RunId, wish: CancelWish): Promise<RunView> {
  const run = await findRun(deps, id);
  if (run.state === 'cancelled') return run;
  const { reason, force } = wish;
  const by = readAuthor(wish.by);
  await deps.store.stopRun(id, { end: 'cancelled', code: 'cancelled', reason, by }, force);
  return findRun(deps, id);
}
