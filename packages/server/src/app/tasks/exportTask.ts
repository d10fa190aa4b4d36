import { addDays, AppError, shanghaiDay, type Adjust, type ExportParams } from '@tapekeeper/core';
import type { DataSnapshot } from '../../ports/dataReader.ts';
import type { AppDeps } from '../deps.ts';
import { loadCalendar } from '../market.ts';
import { baseQuery, openTable } from '../read/readTable.ts';
import { resolveReading, type Reading } from '../read/reading.ts';
import { symbolBars } from '../read/symbolBars.ts';
import { resolveSet } from '../symbolSets/symbolSets.ts';
import type { StepTell, Task } from './task.ts';

const ADJUSTMENTS: Readonly<Record<NonNullable<ExportParams['adjust']>, Adjust>> = {
  forward: 'qfq',
  backward: 'hfq',
};

interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
}

/**
 * Writes a data set into a file of the export folder, named by data set, day and run, and removes the
 * older ones. Begun again, it writes the same file again; a part never has its name.
 */
export const exportTask: Task = async ({ deps, run, signal, plan, step, log }) => {
  const wish = run.wish as ExportParams;
  await plan([
    { name: 'count', weight: 1 },
    { name: 'write', weight: 20 },
    { name: 'tidy', weight: 1 },
  ]);
  const { reading, total } = await step('count', async () => {
    const read = await readingOf(deps, wish);
    return { reading: read, total: await countRows(deps, read) };
  });
  const name = `${reading.dataset}-${shanghaiDay(deps.marketNow())}-${run.id}.${wish.format}`;
  const written = await step('write', async (tell) => {
    tell.progress(0, total);
    if (wish.format === 'qlib') return writeQlib(deps, reading, name, tell, total, signal);
    return writeTable(deps, reading, { name, format: wish.format }, tell, total, signal);
  });
  const removed = await step('tidy', () =>
    deps.tasks.exporter.prune(reading.dataset, wish.format, deps.tasks.exportsKept),
  );
  await log({ stream: 'info', line: `${written.path}: ${written.rows} rows, ${written.bytes} bytes` });
  return {
    state: 'success',
    result: { dataset: reading.dataset, format: wish.format, ...written, removed },
    error: null,
  };
};

/** Raises the usage errors of the wish. */
async function readingOf(deps: AppDeps, wish: ExportParams): Promise<Reading> {
  const { dataset, format, lastDays, set, adjust } = wish;
  if (format === 'qlib' && (dataset !== 'daily_bars' || adjust !== undefined))
    throw new AppError('bad_request', {
      problem: 'qlib is a format of daily_bars, which adjusts by itself.',
    });
  const symbols = set === undefined ? undefined : await resolveSet(deps, set);
  if (symbols?.length === 0)
    throw new AppError('bad_request', { problem: `the set "${set}" has no members.` });
  return resolveReading(deps.store, {
    dataset,
    symbols,
    from: lastDays === undefined ? undefined : addDays(shanghaiDay(deps.marketNow()), 1 - lastDays),
    adjust: adjust === undefined ? undefined : ADJUSTMENTS[adjust],
  });
}

async function countRows(deps: AppDeps, reading: Reading): Promise<number> {
  return inSnapshot(deps, async (snapshot) => (await snapshot.count(baseQuery(reading))).rows);
}

async function inSnapshot<T>(deps: AppDeps, work: (snapshot: DataSnapshot) => Promise<T>): Promise<T> {
  const snapshot = await deps.store.openSnapshot('long');
  try {
    return await work(snapshot);
  } finally {
    await snapshot.close();
  }
}

async function writeTable(
  deps: AppDeps,
  reading: Reading,
  file: { readonly name: string; readonly format: 'csv' | 'ndjson' | 'parquet' },
  tell: StepTell,
  total: number,
  signal: AbortSignal,
): Promise<Written> {
  const onRows = (read: number): void => tell.progress(read, total);
  const table = await openTable(deps.store, reading, { kind: 'long', onRows });
  let rows = 0;
  const batches = async function* () {
    for await (const batch of table.batches) {
      rows += batch.length;
      yield batch;
    }
  };
  try {
    const { columns } = table;
    const written = await deps.tasks.exporter.writeTable(
      file.name,
      file.format,
      { columns, batches: batches() },
      signal,
    );
    return { ...written, rows };
  } finally {
    await table.close();
  }
}

async function writeQlib(
  deps: AppDeps,
  reading: Reading,
  name: string,
  tell: StepTell,
  total: number,
  signal: AbortSignal,
): Promise<Written> {
  const calendar = await loadCalendar(deps);
  return inSnapshot(deps, async (snapshot) => {
    const { first, last } = await snapshot.count(baseQuery(reading));
    if (first === null || last === null)
      throw new AppError('bad_request', { problem: 'there are no daily bars of that.' });
    const symbols = symbolBars(snapshot, reading, (rows) => tell.progress(rows, total));
    const { path, bytes, rows } = await deps.tasks.exporter.writeQlib(
      name,
      calendar.tradingDays(first, last),
      symbols,
      signal,
    );
    return { path, bytes, rows };
  });
}
