import { COLLECTED_IDS, type DatasetId } from '@tapekeeper/core';
import type { TableStatistics } from '../../ports/taskStore.ts';
import type { AppDeps } from '../deps.ts';
import { describeDataset } from '../describeCoverage.ts';
import { loadMarket } from '../market.ts';
import type { Task } from './task.ts';

/**
 * Counts every data set and keeps the figures of the day. Begun again, it counts again, and the later
 * figures of the day stay.
 */
export const statisticsTask: Task = async ({ deps, run, signal, plan, step }) => {
  await plan(await Promise.all(COLLECTED_IDS.map((dataset) => stepOf(deps, dataset))));
  const taken: TableStatistics[] = [];
  for (const dataset of COLLECTED_IDS) {
    signal.throwIfAborted();
    await step(dataset, async (tell) => {
      const figures = await figuresOf(deps, dataset);
      await deps.store.saveStatistics(run.id, figures);
      taken.push(figures);
      tell.progress(1, 1, `${figures.rows} rows`);
    });
  }
  return {
    state: 'success',
    result: {
      datasets: taken.length,
      rows: taken.reduce((sum, { rows }) => sum + rows, 0),
      bytes: taken.reduce((sum, { bytes }) => sum + bytes, 0),
      estimated: taken.filter(({ rowsExact }) => !rowsExact).map(({ dataset }) => dataset),
    },
    error: null,
  };
};

/** Rows take about as long to count as they are many, up to where they are estimated. */
async function stepOf(deps: AppDeps, dataset: DatasetId) {
  const rows = await deps.store.estimatedRows(dataset);
  return { name: dataset, weight: 1 + Math.min(20, rows / 100_000), total: 1 };
}

async function figuresOf(deps: AppDeps, dataset: DatasetId): Promise<TableStatistics> {
  const size = await deps.store.tableSize(dataset);
  const market = await loadMarket(deps, dataset);
  const report = await describeDataset(deps, market, dataset, { from: undefined, to: undefined });
  return {
    ...size,
    dataset,
    firstDay: size.firstDay ?? (size.rowsExact ? null : report.from),
    lastDay: size.lastDay ?? (size.rowsExact ? null : report.to),
    expectedCells: report.cells?.expected ?? null,
    gapCells: report.cells?.gaps ?? null,
    freshAsOf: report.freshAsOf,
    lastRunId: report.lastRun?.id ?? null,
    lastRunState: report.lastRun?.state ?? null,
  };
}
