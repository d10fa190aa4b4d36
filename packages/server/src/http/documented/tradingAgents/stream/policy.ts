import { reads, shownOpen, type Policy } from '../../../auth/policies.ts';

export const STREAM_POLICY: Readonly<Record<string, Policy>> = {
  tradingAgentsStreamTask: reads('read'),
  tradingAgentsStreamBatch: reads('read'),
  tradingAgentsWsStats: shownOpen(reads('read')),
};
