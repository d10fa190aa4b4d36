import { open, type Policy } from '../../../auth/policies.ts';

export const HEALTH_POLICY: Readonly<Record<string, Policy>> = { tradingAgentsHealth: open() };
