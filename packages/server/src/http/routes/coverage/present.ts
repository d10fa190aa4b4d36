import type { Coverage } from '@tapekeeper/contract';
import { DATASETS, isoInstant } from '@tapekeeper/core';
import type { CoverageReport } from '../../../app/describeCoverage.ts';

export function presentCoverage(reports: readonly CoverageReport[]): Coverage {
  return {
    datasets: reports.map((report) => ({
      dataset: report.dataset,
      title: DATASETS[report.dataset].title,
      kind: DATASETS[report.dataset].kind,
      from: report.from,
      to: report.to,
      lastFinalDay: report.lastFinalDay,
      newestCompleteDay: report.newestCompleteDay,
      freshAsOf: report.freshAsOf === null ? null : isoInstant(report.freshAsOf),
      throughDay: report.throughDay,
      cells: report.cells,
      worst: report.worst.map(({ symbol, gaps, first, last }) => ({ symbol, gaps, first, last })),
      symbolsWithGaps: report.symbolsWithGaps,
      recent: [...report.recent],
      lastRun: report.lastRun === null ? null : { id: report.lastRun.id, state: report.lastRun.state },
      estimatedRows: report.estimatedRows,
    })),
  };
}
