import { changes, reads, shownOpen, type Policy } from '../../../auth/policies.ts';

export const SYNC_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsRunSync: shownOpen(changes('operate', 'run')),
  tradingAgentsSyncStatus: shownOpen(reads('read')),
  tradingAgentsSyncStatusAlias: shownOpen(reads('read')),
};
