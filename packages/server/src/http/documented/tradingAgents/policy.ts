import type { Policy } from '../../auth/policies.ts';

export const TRADING_AGENTS_POLICY: Readonly<Record<string, Policy>> = {};
