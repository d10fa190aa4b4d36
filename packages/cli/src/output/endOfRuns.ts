import type { Run } from '@tapekeeper/contract';
import { EXIT } from '@tapekeeper/core';
import type { Collected } from '../collect.ts';
import type { Context } from '../context.ts';
import { exitOfRun, worstExit } from '../runExit.ts';
import { count, duration } from './format.ts';
import { stateText } from './style.ts';
import { table } from './table.ts';
import { spanOf, subjectOf } from './runSubject.ts';

/** Tells how the runs of a command ended, and what can be done where they did not end well. Returns the exit code. */
export function endOfRuns(context: Context, { runs, stopped }: Collected, waited: boolean): number {
  const { output, say } = context;
  if (!waited) {
    for (const run of runs) output.line(say('sync.requested', { run: run.id, dataset: subjectOf(run) }));
    return EXIT.ok;
  }
  const ended = runs.filter((run) => run.finishedAt !== null);
  if (ended.length > 0) output.line(runTable(context, ended));
  for (const run of ended) {
    const advice = adviceFor(context, run);
    if (advice !== undefined) output.note(advice);
  }
  return stopped ? EXIT.busy : worstExit(ended.map(exitOfRun));
}

/** A line for each run: its size, its time, its state. */
export function runTable({ say }: Context, runs: readonly Run[]): string {
  return table(
    [
      { title: say('column.run'), align: 'right' },
      { title: say('column.dataset') },
      { title: say('column.span') },
      { title: say('column.items'), align: 'right' },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.unchanged'), align: 'right' },
      { title: say('column.calls'), align: 'right' },
      { title: say('column.failed'), align: 'right' },
      { title: say('column.took'), align: 'right' },
      { title: say('column.state') },
    ],
    runs.map((run) => [
      String(run.id),
      subjectOf(run),
      spanOf(run),
      count(run.progress.itemsTotal),
      count(run.rowsWritten),
      count(run.rowsUnchanged),
      count(run.calls),
      count(run.progress.itemsFailed),
      duration(run.runningMs ?? 0),
      stateText(run.state),
    ]),
  );
}

function adviceFor({ say }: Context, run: Run): string | undefined {
  switch (run.state) {
    case 'failed':
      return `tapekeeper: ${run.error?.message ?? say('sync.failed', { run: run.id })}`;
    case 'success_with_errors':
      return say('sync.withErrors', { run: run.id, dataset: subjectOf(run) });
    case 'cancelled':
    case 'skipped':
    case 'missed':
      return say('sync.notDone', { run: run.id, state: run.state });
    case 'success':
    case 'pending':
    case 'running':
    case 'paused':
      return undefined;
  }
}
