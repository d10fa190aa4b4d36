import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { findRun, isOver } from './findRun.ts';

const LOOK_EVERY_MS = 100;

/** A run as it is when it is over, or after a wait. Raises `unknown_run`. */
export async function untilOver(
  deps: Pick<AppDeps, 'store' | 'clock'>,
  id: RunId,
  mostMs: number,
): Promise<RunView> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const run = await findRun(deps, id);
    if (isOver(run) || waitedMs >= mostMs) return run;
    await deps.clock.sleep(LOOK_EVERY_MS);
  }
}
