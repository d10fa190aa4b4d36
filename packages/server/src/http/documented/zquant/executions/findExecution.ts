import type { AppDeps } from '../../../../app/deps.ts';
import { findRun } from '../../../../app/runs/findRun.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { DocumentedRefusal, inWords } from '../../refusal.ts';
import { statusOf } from './statusWords.ts';

/** An execution by its number, of a task if one is named; refused with 404 where there is none. */
export async function findExecution(
  deps: Pick<AppDeps, 'store'>,
  id: number,
  taskId?: number,
): Promise<RunView> {
  const unknown = [404, `执行记录 ${id} 不存在`] as const;
  const run = await inWords({ unknown_run: unknown }, () => findRun(deps, id));
  const isOne =
    run.jobId !== null && statusOf(run.state) !== undefined && (taskId === undefined || taskId === run.jobId);
  if (!isOne) throw new DocumentedRefusal('unknown_run', ...unknown);
  return run;
}
