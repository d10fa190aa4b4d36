import { planRound } from '../planning/planRound.ts';
import { missingRequirements } from '../requirements.ts';
import { settledRun } from './settledRun.ts';
import type { ShardDispatch } from './shardDispatch.ts';

/** Settles what was asked for, has the lists refreshed that it needs, and plans one round of items. */
export async function planShard({ deps, claim, run }: ShardDispatch): Promise<void> {
  const sync = await settledRun(deps, claim, run);
  if (claim.round === 0) {
    const children = await missingRequirements(deps, sync);
    if (children.length > 0) {
      await deps.store.waitForRuns(claim, children);
      return;
    }
  }
  await deps.store.savePlan(claim, await planRound(deps, sync, claim.round));
}
