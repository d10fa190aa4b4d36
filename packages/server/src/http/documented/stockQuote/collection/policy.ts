import { changes, reads, shownOpen, type Policy } from '../../../auth/policies.ts';

/** The document shows its tasks without any login. */
const start = shownOpen(changes('operate', 'run'));
const look = shownOpen(reads('read'));

/** Who may use the tasks. */
export const COLLECTION_POLICY: Readonly<Record<string, Policy>> = {
  stockQuoteStartHistorical: start,
  stockQuoteStartHistoricalAlias: start,
  stockQuoteStartHistoricalRootAlias: start,
  stockQuoteStartRealtime: start,
  stockQuoteStartTushareHistorical: start,
  stockQuoteStartRealtimeHistorical: start,
  stockQuoteCancelTask: start,
  stockQuoteTaskStatus: look,
  stockQuoteListTasks: look,
  stockQuoteCurrentTask: look,
  stockQuoteStockList: look,
};
