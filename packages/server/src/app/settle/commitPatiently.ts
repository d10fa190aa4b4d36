import { toAppError, type ErrorCode } from '@tapekeeper/core';
import type { ItemCommit, RowsWritten } from '../../ports/runStore.ts';
import type { ShardWork } from '../shardWork.ts';

/** Times that one batch is written before the shard is put back. */
const MOST_TRIES = 3;

/** What is likely to be over in a moment: too much to do at a time, or a connection that was lost. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['database_busy', 'database_unreachable']);

/**
 * Writes a batch, again after two and after four seconds where the database did not take it in time. What it had
 * taken after all, and only could not say, is left out by the store. The heartbeat keeps the shard meanwhile.
 */
export async function commitPatiently(
  { deps, claim, signal }: Pick<ShardWork, 'deps' | 'claim' | 'signal'>,
  commits: readonly ItemCommit[],
): Promise<RowsWritten> {
  for (let tries = 1; ; tries++) {
    try {
      return await deps.store.commitItems(claim, commits);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (!PASSING.has(error.code) || tries >= MOST_TRIES || signal.aborted) throw thrown;
      const pauseMs = 2 ** tries * 1000;
      const about = { runId: claim.runId, shardNo: claim.shardNo, tries, pauseMs, err: error };
      deps.log.warn(about, 'a batch was not written, trying again');
      await deps.clock.sleep(pauseMs, signal);
    }
  }
}
