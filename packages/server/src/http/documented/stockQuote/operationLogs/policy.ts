import { reads, shownOpen, type Policy } from '../../../auth/policies.ts';

export const OPERATION_LOG_POLICY: Readonly<Record<string, Policy>> = {
  stockQuoteOperationInfo: shownOpen(reads('read')),
  stockQuoteOperationQuery: reads('operate'),
  stockQuoteOperationStats: reads('operate'),
  stockQuoteRecentOperations: reads('operate'),
};
