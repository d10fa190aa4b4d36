import type { PlainDay } from '@tapekeeper/core';
import type { Report } from '../../world/facts.ts';

/** A report as it was last announced. */
export interface LatestReport {
  readonly report: Report;
  /** When the period was announced at first. */
  readonly firstAnnounced: PlainDay;
}

/** One report for each period, newest period first: web pages show corrected figures in place of the old. */
export function latestReports(reports: readonly Report[]): readonly LatestReport[] {
  const byPeriod = new Map<PlainDay, LatestReport>();
  for (const report of reports) {
    const earlier = byPeriod.get(report.period);
    byPeriod.set(report.period, { report, firstAnnounced: earlier?.firstAnnounced ?? report.announced });
  }
  return [...byPeriod.values()].sort((a, b) => (a.report.period < b.report.period ? 1 : -1));
}
