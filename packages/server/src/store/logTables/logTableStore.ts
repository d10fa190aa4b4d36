import type { LogTableStore } from '../../ports/logTableStore.ts';
import type { Database } from '../connection.ts';
import { symbolLogRuns } from './loggedSymbols.ts';
import { countOperations, operationActions, operationAt } from './operationPages.ts';
import { datasetRunCounts } from './runCounts.ts';
import { symbolLineCounts, symbolLines } from './symbolLines.ts';

/** Logs as documented interfaces show them, read from the database. */
export function createLogTableStore(db: Database): LogTableStore {
  return {
    symbolLogRuns: (jobKey, span, most) => symbolLogRuns(db, jobKey, span, most),
    symbolLines: (wish) => symbolLines(db, wish),
    symbolLineCounts: (runIds) => symbolLineCounts(db, runIds),
    datasetRunCounts: (dataset, from) => datasetRunCounts(db, dataset, from),
    operationActions: () => operationActions(db),
    countOperations: (filter, most) => countOperations(db, filter, most),
    operationAt: (filter, skip, most) => operationAt(db, filter, skip, most),
  };
}
