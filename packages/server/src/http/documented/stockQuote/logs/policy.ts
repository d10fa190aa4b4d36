import { reads, shownOpen, type Policy } from '../../../auth/policies.ts';

export const LOG_POLICY: Readonly<Record<string, Policy>> = {
  stockQuoteLogTables: shownOpen(reads('read')),
  stockQuoteLogOverview: reads('read'),
  stockQuoteLogQuery: reads('read'),
  stockQuoteLogStats: reads('read'),
  stockQuoteRecentLogs: reads('read'),
};
