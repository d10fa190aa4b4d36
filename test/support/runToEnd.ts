import { RUN_MACHINE } from '@tapekeeper/core';
import { requestSync, type SyncRequest } from '../../packages/server/src/app/requestSync.ts';
import type { AppDeps } from '../../packages/server/src/app/deps.ts';
import type { RunView } from '../../packages/server/src/ports/viewStore.ts';

const LOOK_EVERY_MS = 50;

/** Asks for a sync and resolves with the run when it has ended, however it did. */
export async function runToEnd(
  deps: AppDeps,
  request: SyncRequest,
  type: 'sync' | 'repair' = 'sync',
): Promise<RunView> {
  return runEnded(deps, await requestSync(deps, request, type));
}

/** Resolves with the run when it is terminal. */
export async function runEnded(deps: Pick<AppDeps, 'store' | 'clock'>, id: number): Promise<RunView> {
  for (;;) {
    const run = await deps.store.run(id);
    if (run === undefined) throw new Error(`there is no run ${id}`);
    if (RUN_MACHINE.terminal.includes(run.state)) return run;
    await deps.clock.sleep(LOOK_EVERY_MS);
  }
}
