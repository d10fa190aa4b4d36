import type { Policy } from '../auth/policies.ts';
import { STOCK_QUOTE_POLICY } from './stockQuote/policy.ts';
import { TRADING_AGENTS_POLICY } from './tradingAgents/policy.ts';
import { ZQUANT_POLICY } from './zquant/policy.ts';

/** Who may use the routes of the documented systems: part of the one table. */
export const DOCUMENTED_POLICY: Readonly<Record<string, Policy>> = {
  ...STOCK_QUOTE_POLICY,
  ...TRADING_AGENTS_POLICY,
  ...ZQUANT_POLICY,
};
