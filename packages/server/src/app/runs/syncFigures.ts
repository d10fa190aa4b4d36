import type { PlainDay, SourceId } from '@tapekeeper/core';
import type { RunView } from '../../ports/viewStore.ts';
import type { AppDeps } from '../deps.ts';

/** What a sync of a whole list has done, in rows of the list. */
export interface SyncFigures {
  readonly total: number;
  /** Rows that were not there before. */
  readonly inserted: number;
  /** Rows that were: corrected or found as they were. */
  readonly updated: number;
  /** Rows that were refused, and are kept aside with the reason. */
  readonly errors: number;
  readonly sources: readonly {
    readonly source: SourceId;
    readonly total: number;
    readonly success: number;
  }[];
  /** The last final trading day as of the run; null where it has not been planned yet. */
  readonly lastDay: PlainDay | null;
  /** Whether the list was fresh, so that nobody was asked. */
  readonly wasFresh: boolean;
}

/** The figures of a run, as far as it has come. */
export async function syncFigures(deps: Pick<AppDeps, 'store'>, run: RunView): Promise<SyncFigures> {
  const corrected =
    run.rowsWritten === 0 || run.dataset === null ? 0 : await deps.store.correctedRows(run.dataset, run.id);
  const inserted = Math.max(0, run.rowsWritten - corrected);
  const errors = refused(run.outcomes);
  return {
    total: run.rowsWritten + run.rowsUnchanged + errors,
    inserted,
    updated: run.rowsWritten - inserted + run.rowsUnchanged,
    errors,
    sources: run.servedBy.map(({ source, rowsWritten, rowsUnchanged, outcomes }) => {
      const success = rowsWritten + rowsUnchanged;
      return { source, success, total: success + refused(outcomes) };
    }),
    lastDay: run.params?.to ?? null,
    wasFresh: run.state === 'success' && run.plan !== null && run.calls === 0 && run.itemsTotal === 0,
  };
}

function refused({ quarantined = 0, failed = 0 }: RunView['outcomes']): number {
  return quarantined + failed;
}
