import type { Blocker, DueJob } from './fire.ts';
import type { OverlapPolicy } from './trigger.ts';

/** Runs of a job that may wait for their turn: a job that is blocked for days must not leave thousands. */
export const MOST_WAITING = 100;

/** Runs named as what stands in the way, the oldest of them. */
const MOST_NAMED = 20;

/** What is open when a job would run. */
export type OpenWork = Pick<DueJob, 'openRuns' | 'mostRuns' | 'fullGroup'>;

/** What a job does that would run now. */
export type Overlap =
  | { readonly kind: 'run' }
  | { readonly kind: 'refuse'; readonly reason: 'job_busy' | 'group_busy'; readonly blocker: Blocker }
  | { readonly kind: 'wait' }
  /** As `wait`, and these runs are to stop for it. */
  | { readonly kind: 'replace'; readonly runIds: readonly number[] };

/**
 * What an overlap policy says while a job or its group may be busy. `replace` stops runs of the job
 * itself only: for those of others in its group it waits.
 * @example decideOverlap('skip', { openRuns: [7], mostRuns: 1, fullGroup: null }).kind // 'refuse'
 */
export function decideOverlap(policy: OverlapPolicy, work: OpenWork): Overlap {
  const { openRuns, mostRuns, fullGroup } = work;
  const isBusy = openRuns.length >= mostRuns;
  if (!isBusy && fullGroup === null) return { kind: 'run' };
  const refuses = policy === 'skip' || policy === 'reject' || openRuns.length >= mostRuns + MOST_WAITING;
  if (!refuses)
    return policy === 'replace' && openRuns.length > 0
      ? { kind: 'replace', runIds: openRuns }
      : { kind: 'wait' };
  if (isBusy || fullGroup === null)
    return {
      kind: 'refuse',
      reason: 'job_busy',
      blocker: { runIds: openRuns.slice(0, MOST_NAMED), group: null },
    };
  const { runIds, group } = fullGroup;
  return { kind: 'refuse', reason: 'group_busy', blocker: { runIds: runIds.slice(0, MOST_NAMED), group } };
}
