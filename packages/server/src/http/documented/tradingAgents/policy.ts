import type { Policy } from '../../auth/policies.ts';
import { AUTH_POLICY } from './auth/policy.ts';
import { HEALTH_POLICY } from './health/policy.ts';
import { MULTI_SOURCE_POLICY, SOURCE_POLICY } from './multiSource/policy.ts';
import { NOTIFICATIONS_POLICY } from './notifications/policy.ts';
import { SCHEDULER_POLICY } from './scheduling/policy.ts';
import { STREAM_POLICY } from './stream/policy.ts';
import { SYNC_POLICY } from './sync/policy.ts';
import { SYSTEM_LOG_POLICY } from './systemLogs/policy.ts';

export const TRADING_AGENTS_POLICY: Readonly<Record<string, Policy>> = {
  ...AUTH_POLICY,
  ...HEALTH_POLICY,
  ...SYNC_POLICY,
  ...MULTI_SOURCE_POLICY,
  ...SOURCE_POLICY,
  ...SYSTEM_LOG_POLICY,
  ...SCHEDULER_POLICY,
  ...STREAM_POLICY,
  ...NOTIFICATIONS_POLICY,
};
