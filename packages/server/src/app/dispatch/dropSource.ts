import type { AppError, SourceId } from '@tapekeeper/core';
import type { AppDeps } from '../deps.ts';
import { limitOf } from '../callGate.ts';
import { usableSources } from '../planning/usableSources.ts';
import type { ShardWork } from '../shardWork.ts';

/** Refusals of the whole source: without a right it leaves the run, out of budget or banned it is passed over. */
const LOST_FOR_GOOD: readonly string[] = ['permission_denied', 'bad_token'];

/** A shard that waits for a budget looks again after this at the latest, since limits may be raised. */
const LONGEST_NAP_MS = 30 * 60_000;
const SHORTEST_NAP_MS = 1_000;

/**
 * A source is of no use for a run now: the others that can serve it are asked instead. The last one is
 * waited for where only its budget is used up, and else what was to be asked of it fails; what others
 * have got stands.
 */
export async function dropSource(work: ShardWork, source: SourceId, error: AppError): Promise<void> {
  const { deps, claim, run } = work;
  const { sources } = run.params;
  const position = sources.indexOf(source);
  const usable = await usableSources(deps, run);
  if (usable.some((other) => other.position > position)) {
    deps.log.warn({ runId: run.id, source, code: error.code }, 'source dropped from the run');
    if (LOST_FOR_GOOD.includes(error.code)) {
      const rest = sources.filter((one) => one !== source);
      await deps.store.replan(claim, rest, position);
    } else {
      await deps.store.replan(claim, sources, position + 1);
    }
    return;
  }
  const napMs = napFor(deps, error);
  if (napMs === undefined) {
    deps.log.warn(
      { runId: run.id, source, code: error.code },
      'the last source failed, and what it was to give',
    );
    await deps.store.failShard(claim, error);
  } else {
    deps.log.info({ runId: run.id, source, napMs }, 'the last source is out of budget, waiting for it');
    await deps.store.releaseShard(claim, napMs, false);
  }
}

/**
 * How long a used-up budget is waited for; undefined for every other reason. The gate knows when the next
 * call may go out. Where the source has named its limit, the gate has just learned it, and will say so.
 */
function napFor(deps: AppDeps, error: AppError): number | undefined {
  if (error.code !== 'quota_exhausted' || !deps.settings.budgets) return undefined;
  const until = Date.parse(String(error.details['until'] ?? ''));
  if (Number.isNaN(until)) return limitOf('', error) === undefined ? undefined : SHORTEST_NAP_MS;
  return Math.min(LONGEST_NAP_MS, Math.max(SHORTEST_NAP_MS, until - deps.clock.now()));
}
