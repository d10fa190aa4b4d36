import { isAppError, toAppError, type AppError, type SourceId } from '@tapekeeper/core';
import type { Dispatch } from '../ports/engine.ts';
import type { Run, ShardClaim, WorkerId } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { executeShard } from './executeShard.ts';
import { foldClosedDays } from './foldClosedDays.ts';
import { planRound } from './planning/planRound.ts';
import { replayQuarantine } from './replayQuarantine.ts';
import { missingRequirements } from './requirements.ts';
import type { SingleConnections } from './singleConnections.ts';

/** Pause before a shard that met trouble outside its items is tried again. */
const TROUBLE_PAUSE_MS = 5_000;

/** Troubles in a row after which the run fails. */
const TROUBLE_LIMIT = 3;

/** Troubles that end by themselves, however long they take. */
const PASSING = new Set(['disk_full', 'database_unreachable']);

/** Errors that say something of the question, so that no later try can do better. */
const HOPELESS = new Set([
  'unknown_symbol',
  'unknown_source',
  'source_lacks_dataset',
  'bad_token',
  'permission_denied',
]);

/**
 * One dispatch: takes the shard, plans or fetches, and gives it back, closed or not. A stale dispatch
 * does nothing. Whatever goes wrong, the shard is either closed or queued again, or its lease is lost.
 */
export async function runDispatch(
  deps: AppDeps,
  worker: { readonly id: WorkerId; readonly connections: SingleConnections },
  dispatch: Dispatch,
  signal: AbortSignal,
): Promise<void> {
  const taken = await untilAnswered(
    deps,
    signal,
    (error) => error.code === 'database_unreachable',
    () => deps.store.claimShard({ ...dispatch, workerId: worker.id }),
  );
  if (taken === undefined) return;
  const { claim, run } = taken;
  try {
    if (claim.kind === 'plan') await plan(deps, claim, run);
    else await fetch(deps, worker.connections, claim, run, signal);
  } catch (thrown) {
    await untilAnswered(
      deps,
      signal,
      () => true,
      () => settleTrouble(deps, claim, toAppError(thrown)),
    );
  }
}

/**
 * A shard whose claim was answered by nobody, or that could not be given back, would stay with a worker
 * that beats and does nothing, where no rescue looks: so it is tried until the database has answered.
 */
async function untilAnswered<T>(
  deps: AppDeps,
  signal: AbortSignal,
  mayPass: (error: AppError) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (signal.aborted || !mayPass(error)) throw thrown;
      deps.log.warn({ err: error }, 'the database did not do as told, trying again');
      await deps.clock.sleep(TROUBLE_PAUSE_MS, signal);
    }
  }
}

async function plan(deps: AppDeps, claim: ShardClaim, run: Run): Promise<void> {
  if (claim.round === 0) {
    const children = await missingRequirements(deps, run);
    if (children.length > 0) {
      await deps.store.waitForRuns(claim, children);
      return;
    }
  }
  await deps.store.savePlan(claim, await planRound(deps, run, claim.round));
}

async function fetch(
  deps: AppDeps,
  connections: SingleConnections,
  claim: ShardClaim,
  run: Run,
  signal: AbortSignal,
): Promise<void> {
  const single = singleConnectionOf(deps, claim);
  if (single !== undefined && !(await connections.enter(single))) {
    await deps.store.releaseShard(claim, deps.settings.leaseRetryMs, false);
    return;
  }
  try {
    await executeShard(deps, claim, run, signal);
  } finally {
    if (single !== undefined) await connections.leave(single);
  }
  await replayQuarantine(deps, run.dataset);
  await foldClosedDays(deps, run.dataset);
}

function singleConnectionOf(deps: AppDeps, claim: ShardClaim): SourceId | undefined {
  return claim.source !== null && deps.sources.get(claim.source)?.singleConnection ? claim.source : undefined;
}

async function settleTrouble(deps: AppDeps, claim: ShardClaim, error: AppError): Promise<void> {
  try {
    if (error.code !== 'lease_lost') return await failOrGiveBack(deps, claim, error);
  } catch (thrown) {
    if (!isAppError(thrown, 'lease_lost')) throw thrown;
  }
  deps.log.warn({ runId: claim.runId, shardNo: claim.shardNo }, 'lease lost, stopped without writing');
}

async function failOrGiveBack(deps: AppDeps, claim: ShardClaim, error: AppError): Promise<void> {
  if (HOPELESS.has(error.code)) {
    await deps.store.failRun(claim, error);
    return;
  }
  if (error.code === 'interrupted') {
    await deps.store.releaseShard(claim, 0, false);
    return;
  }
  deps.log.error(
    { runId: claim.runId, shardNo: claim.shardNo, err: error },
    'trouble outside items, shard put back',
  );
  const passes = PASSING.has(error.code);
  if (!passes && claim.troubles + 1 >= TROUBLE_LIMIT) await deps.store.failRun(claim, error);
  else await deps.store.releaseShard(claim, TROUBLE_PAUSE_MS, !passes);
}
