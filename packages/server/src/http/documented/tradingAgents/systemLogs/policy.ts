import { changes, reads, type Policy } from '../../../auth/policies.ts';

export const SYSTEM_LOG_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsListLogs: reads('operate'),
  tradingAgentsLogStats: reads('operate'),
  tradingAgentsGetLog: reads('operate'),
  tradingAgentsExportLogs: reads('operate'),
  tradingAgentsClearLogs: reads('admin'),
  tradingAgentsCreateLog: changes('operate', 'user'),
};
