import type { Retention, RunLog } from '@tapekeeper/contract';
import { isoInstant } from '@tapekeeper/core';
import type { StoredLogLine } from '../../../ports/runControlStore.ts';
import type { RetentionDays, RetentionFacts } from '../../../ports/taskStore.ts';

export function presentLog(lines: readonly StoredLogLine[], after: number, ended: boolean): RunLog {
  return {
    lines: lines.map(({ no, at, stream, line }) => ({ no, at: isoInstant(at), stream, line })),
    next: lines.at(-1)?.no ?? after,
    ended,
  };
}

export function presentRetention(days: RetentionDays, facts: RetentionFacts, countedTo: number): Retention {
  const { runs, events, quarantined, slices } = facts;
  const detailBytes = slices.reduce((sum, { bytes }) => sum + bytes, 0);
  return { days: { ...days }, due: { runs, detailBytes, events, quarantined }, countedTo };
}
