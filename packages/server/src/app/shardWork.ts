import type { Bitmap, PlainDay } from '@tapekeeper/core';
import type { ItemCommit, SyncRun, ShardClaim } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import type { Market } from './market.ts';

/** What the work on one shard knows, as of its beginning. */
export interface ShardWork {
  readonly deps: AppDeps;
  readonly claim: ShardClaim;
  readonly run: SyncRun;
  readonly market: Market;
  readonly lastFinal: PlainDay;
  readonly lastSettled: PlainDay;
  readonly unsettled: ReadonlyMap<PlainDay, Bitmap>;
  readonly signal: AbortSignal;
  /** Items whose source has to publish first: given back when all others are done. */
  readonly waiting: ItemCommit[];
}
