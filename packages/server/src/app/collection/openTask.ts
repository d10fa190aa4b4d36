import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';
import { isOver } from '../runs/findRun.ts';

/** Runs in which the open one is looked for: it is the newest, unless the group has been given more places. */
const NEWEST = 10;

/** The task that is not over yet, of those whose jobs have these keys; one at a time is. */
export async function openTask(
  { store }: Pick<AppDeps, 'store'>,
  keys: readonly string[],
): Promise<RunView | undefined> {
  return (await store.runsOfJobs(keys, NEWEST)).find((run) => !isOver(run));
}
