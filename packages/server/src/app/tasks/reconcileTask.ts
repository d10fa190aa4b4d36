import { MISMATCH_KINDS, type ReconcileParams } from '@tapekeeper/core';
import { beginReconciliation, findReconciliation } from '../quality/reconcile.ts';
import type { Task } from './task.ts';

/** Compares a sample of covered cells with other sources. Begun again, it takes a sample of its own. */
export const reconcileTask: Task = async ({ deps, run, signal, plan, step, log }) => {
  const { dataset, sampleSize, sources } = run.wish as ReconcileParams;
  await plan([
    { name: 'begin', weight: 1 },
    { name: 'compare', weight: 20 },
  ]);
  const begun = await step('begin', () =>
    beginReconciliation(deps, { dataset, sampleSize, sources, author: `run ${run.id}` }),
  );
  await log({ stream: 'info', line: `comparison ${begun.id} of ${dataset}` });
  const report = await step('compare', async (tell) => {
    let calls = 0;
    await begun.work(signal, () => tell.progress(++calls, 0, `${calls} questions asked`));
    return findReconciliation(deps, begun.id);
  });
  if (report.cells === 0) await log({ stream: 'warn', line: `nothing of ${report.day} is covered` });
  for (const { source, note } of report.notes) await log({ stream: 'warn', line: `${source}: ${note}` });
  return {
    // nothing compared, or somebody not asked, is no plain success of a comparison
    state: report.cells > 0 && report.notes.length === 0 ? 'success' : 'success_with_errors',
    result: {
      reconciliation: begun.id,
      dataset: report.dataset,
      day: report.day,
      cells: report.cells,
      calls: report.calls,
      compared: report.tallies.reduce((sum, tally) => sum + tally.compared, 0),
      mismatches: report.tallies.reduce(
        (sum, tally) => sum + MISMATCH_KINDS.reduce((of, kind) => of + tally[kind], 0),
        0,
      ),
    },
    error: null,
  };
};
