import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import { readAuthor, readReason } from '../quality/author.ts';
import { findRun, type RunDeps } from './findRun.ts';

/**
 * Ends an open run as failed, now and whoever works on it, since a person knows better. Marked twice is
 * marked once. Raises `unknown_run`, `run_over`, or `bad_request` without a reason.
 */
export async function markFailed(
  deps: RunDeps,
  id: RunId,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<RunView> {
  const wish = {
    end: 'failed',
    code: 'marked_failed',
    reason: readReason(reason),
    by: readAuthor(by),
  } as const;
  const run = await findRun(deps, id);
  if (run.state === 'failed' && run.stop?.code === wish.code) return run;
  await deps.store.stopRun(id, wish, true);
  return findRun(deps, id);
}
