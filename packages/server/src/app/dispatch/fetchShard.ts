import type { SourceId } from '@tapekeeper/core';
import type { ShardClaim } from '../../ports/runStore.ts';
import type { AppDeps } from '../deps.ts';
import { executeShard } from '../executeShard.ts';
import { foldClosedDays } from '../foldClosedDays.ts';
import { replayQuarantine } from '../replayQuarantine.ts';
import { settledRun } from './settledRun.ts';
import type { ShardDispatch } from './shardDispatch.ts';

/** Works on the items of a shard, with the source's only connection where it has but one. */
export async function fetchShard({ deps, connections, claim, run, signal }: ShardDispatch): Promise<void> {
  const sync = await settledRun(deps, claim, run);
  const single = singleConnectionOf(deps, claim);
  if (single !== undefined && !(await connections.enter(single))) {
    await deps.store.releaseShard(claim, deps.settings.leaseRetryMs, false);
    return;
  }
  try {
    await executeShard(deps, claim, sync, signal);
  } finally {
    if (single !== undefined) await connections.leave(single);
  }
  await replayQuarantine(deps, sync.dataset);
  await foldClosedDays(deps, sync.dataset);
}

function singleConnectionOf(deps: AppDeps, claim: ShardClaim): SourceId | undefined {
  return claim.source !== null && deps.sources.get(claim.source)?.singleConnection ? claim.source : undefined;
}
