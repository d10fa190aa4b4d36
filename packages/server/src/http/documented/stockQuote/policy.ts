import type { Policy } from '../../auth/policies.ts';
import { ADMIN_POLICY } from './admin/policy.ts';
import { COLLECTION_POLICY } from './collection/policy.ts';
import { FILE_POLICY } from './files/policy.ts';
import { LOG_POLICY } from './logs/policy.ts';
import { OPERATION_LOG_POLICY } from './operationLogs/policy.ts';

export const STOCK_QUOTE_POLICY: Readonly<Record<string, Policy>> = {
  ...COLLECTION_POLICY,
  ...FILE_POLICY,
  ...LOG_POLICY,
  ...OPERATION_LOG_POLICY,
  ...ADMIN_POLICY,
};
