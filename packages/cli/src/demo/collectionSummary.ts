import type { Context } from '../context.ts';
import { count, duration } from '../output/format.ts';
import { stateText } from '../output/style.ts';
import { table } from '../output/table.ts';
import { failedIn, type Collection } from './firstCollection.ts';
import { subjectOf } from '../output/runSubject.ts';

/** The collection as a table, a line a data set, and what all of it came to. */
export function summaryTable({ say }: Context, { runs, seconds }: Collection): string {
  // where all went well the state says nothing, and the table fits a narrow terminal
  const withState = runs.some(({ run }) => run.state !== 'success');
  const rows = runs.map(({ run, symbols, sources }) => [
    subjectOf(run),
    symbols === 0 ? '-' : count(symbols),
    count(run.rowsWritten),
    count(run.calls),
    duration(run.runningMs ?? 0),
    count(failedIn(run)),
    sources.join(', ') || '-',
    ...(withState ? [stateText(run.state)] : []),
  ]);
  const body = table(
    [
      { title: say('column.dataset') },
      { title: say('column.symbols'), align: 'right' },
      { title: say('column.rows'), align: 'right' },
      { title: say('column.calls'), align: 'right' },
      { title: say('column.took'), align: 'right' },
      { title: say('column.failed'), align: 'right' },
      { title: say('column.source') },
      ...(withState ? [{ title: say('column.state') }] : []),
    ],
    rows,
  );
  const { rows: written, calls, failed } = sumsOf({ runs, seconds });
  const nothingNew =
    calls === 0
      ? say('demo.complete')
      : say('demo.sum', { rows: count(written), calls: count(calls), time: duration(seconds * 1000) });
  return `${body}\n\n${nothingNew}${failed === 0 ? '' : ` ${say('demo.failed', { failed: count(failed) })}`}`;
}

export interface CollectionSums {
  readonly runs: number;
  readonly items: number;
  readonly rows: number;
  readonly calls: number;
  readonly failed: number;
  readonly seconds: number;
}

export function sumsOf({ runs, seconds }: Collection): CollectionSums {
  const sum = (of: (facts: Collection['runs'][number]) => number): number =>
    runs.reduce((total, facts) => total + of(facts), 0);
  return {
    runs: runs.length,
    items: sum(({ run }) => run.progress.itemsTotal),
    rows: sum(({ run }) => run.rowsWritten),
    calls: sum(({ run }) => run.calls),
    failed: sum(({ run }) => failedIn(run)),
    seconds: Number(seconds.toFixed(3)),
  };
}

/** The collection for programs: the sums, and each data set. */
export function summaryResult({ config }: Context, collection: Collection): object {
  return {
    ...sumsOf(collection),
    mode: config.mode,
    dataDir: config.dataDir,
    datasets: collection.runs.map(({ run, symbols, sources }) => ({
      dataset: subjectOf(run),
      run: run.id,
      state: run.state,
      from: run.from,
      to: run.to,
      symbols,
      items: run.progress.itemsTotal,
      rows: run.rowsWritten,
      calls: run.calls,
      failed: failedIn(run),
      seconds: (run.runningMs ?? 0) / 1000,
      sources,
    })),
  };
}
