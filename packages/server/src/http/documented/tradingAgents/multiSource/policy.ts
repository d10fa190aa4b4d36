import { changes, reads, shownOpen, type Policy } from '../../../auth/policies.ts';

export const MULTI_SOURCE_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsMultiStatus: shownOpen(reads('read')),
  tradingAgentsRunMultiSync: shownOpen(changes('operate', 'run')),
  tradingAgentsSyncHistory: shownOpen(reads('read')),
  tradingAgentsClearCache: shownOpen(reads('operate')),
};

export const SOURCE_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsSources: shownOpen(reads('read')),
  tradingAgentsCurrentSource: shownOpen(reads('read')),
  tradingAgentsTestSources: shownOpen(reads('operate')),
  tradingAgentsRecommendations: shownOpen(reads('read')),
};
