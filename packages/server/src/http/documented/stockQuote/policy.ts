import type { Policy } from '../../auth/policies.ts';

export const STOCK_QUOTE_POLICY: Readonly<Record<string, Policy>> = {};
