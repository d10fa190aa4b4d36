import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { findRun, isOver } from './findRun.ts';

/** Between two looks at a run: a quarter of the time that has gone by, within these bounds. */
const SHORTEST_MS = 250;
const LONGEST_MS = 1_000;

/** The run once it is over, or as it is when the time is up. Raises `unknown_run`. */
export async function awaitRun(
  deps: Pick<AppDeps, 'store' | 'clock'>,
  id: RunId,
  withinMs: number,
): Promise<RunView> {
  let run = await findRun(deps, id);
  for (let waitedMs = 0; waitedMs < withinMs && !isOver(run);) {
    const wished = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, waitedMs / 4));
    const pauseMs = Math.min(wished, withinMs - waitedMs);
    await deps.clock.sleep(pauseMs);
    waitedMs += pauseMs;
    run = await findRun(deps, id);
  }
  return run;
}
