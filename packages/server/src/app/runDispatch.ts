import { isAppError, isPermanent, toAppError, type AppError } from '@tapekeeper/core';
import type { Dispatch } from '../ports/engine.ts';
import type { ShardClaim, ShardKind, WorkerId } from '../ports/runStore.ts';
import type { AppDeps } from './deps.ts';
import { fetchShard } from './dispatch/fetchShard.ts';
import { createHeldShards, type HeldShards, type Hold } from './dispatch/heldShards.ts';
import { planShard } from './dispatch/planShard.ts';
import type { ShardDispatch } from './dispatch/shardDispatch.ts';
import type { SingleConnections } from './singleConnections.ts';
import { taskShard } from './tasks/taskShard.ts';
import { workflowShard } from './workflow/workflowShard.ts';

/** What is done with a shard of each kind. */
const WORK: Readonly<Record<ShardKind, (dispatch: ShardDispatch) => Promise<void>>> = {
  plan: planShard,
  fetch: fetchShard,
  task: taskShard,
  workflow: workflowShard,
};

/** Pause before a shard that met trouble outside its items is tried again. */
const TROUBLE_PAUSE_MS = 5_000;

/** Pause before a database that did not answer is asked again. */
const DATABASE_PAUSE_MS = 1_000;

/** Troubles of a shard in a row after which the attempt of its run has failed. */
const TROUBLE_LIMIT = 3;

/** Troubles that end by themselves, however long they take. */
const PASSING = new Set(['disk_full', 'database_unreachable']);

/** The worker that a dispatch is worked on by. */
export interface DispatchWorker {
  readonly id: WorkerId;
  readonly connections: SingleConnections;
  /** Where the dispatch can be reached by what is told to its run; nobody can where it is left out. */
  readonly held?: HeldShards;
}

/**
 * One dispatch: takes the shard, does its work, and gives it back, closed or not. A stale dispatch
 * does nothing. Whatever goes wrong, the shard is either closed or queued again, or its lease is lost.
 */
export async function runDispatch(
  deps: AppDeps,
  worker: DispatchWorker,
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
  const hold = (worker.held ?? createHeldShards()).hold(claim, signal);
  try {
    await WORK[claim.kind]({ deps, connections: worker.connections, claim, run, signal: hold.signal });
  } catch (thrown) {
    await untilAnswered(
      deps,
      signal,
      () => true,
      () => settleTrouble(deps, claim, hold, toAppError(thrown)),
    );
  } finally {
    hold.letGo();
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
      await deps.clock.sleep(DATABASE_PAUSE_MS, signal);
    }
  }
}

async function settleTrouble(deps: AppDeps, claim: ShardClaim, hold: Hold, error: AppError): Promise<void> {
  try {
    if (hold.told() === 'stop' || hold.told() === 'pause') return void (await deps.store.yieldShard(claim));
    if (hold.told() === undefined && error.code !== 'lease_lost')
      return await failOrGiveBack(deps, claim, error);
  } catch (thrown) {
    if (!isAppError(thrown, 'lease_lost')) throw thrown;
  }
  deps.log.warn({ runId: claim.runId, shardNo: claim.shardNo }, 'lease lost, stopped without writing');
}

async function failOrGiveBack(deps: AppDeps, claim: ShardClaim, error: AppError): Promise<void> {
  if (error.code === 'interrupted') return deps.store.releaseShard(claim, 0, false);
  if (isPermanent(error.code)) return deps.store.failRun(claim, error);
  const about = { runId: claim.runId, shardNo: claim.shardNo, err: error };
  const passes = PASSING.has(error.code);
  if (passes || (claim.kind !== 'task' && claim.troubles + 1 < TROUBLE_LIMIT)) {
    deps.log.error(about, 'trouble outside items, shard put back');
    // who can give a shard back has its database again
    const pauseMs = error.code === 'database_unreachable' ? 0 : TROUBLE_PAUSE_MS;
    return deps.store.releaseShard(claim, pauseMs, !passes);
  }
  const state = await deps.store.failAttempt(claim, error);
  deps.log.error({ ...about, state }, 'an attempt of the run has failed');
}
