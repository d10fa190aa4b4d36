import type { RunId } from '../../ports/runStore.ts';
import type { RunDeps } from './findRun.ts';

/**
 * Takes an ended run out of the history with everything that was kept of it; the rows that it collected
 * stay. Raises `unknown_run` or `run_open`.
 */
export async function deleteRun({ store }: RunDeps, id: RunId): Promise<void> {
  await store.deleteRun(id);
}
