import { AppError, RUN_MACHINE } from '@tapekeeper/core';
import type { RunId } from '../../ports/runStore.ts';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';

/** What the use cases of this folder need. */
export type RunDeps = Pick<AppDeps, 'store'>;

/** A run as people read it. Raises `unknown_run`. */
export async function findRun({ store }: RunDeps, id: RunId): Promise<RunView> {
  const run = await store.run(id);
  if (run === undefined) throw new AppError('unknown_run', { run: id });
  return run;
}

export function isOver(run: RunView): boolean {
  return RUN_MACHINE.terminal.includes(run.state);
}
