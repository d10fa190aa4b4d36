import type { Policy } from '../../auth/policies.ts';

export const ZQUANT_POLICY: Readonly<Record<string, Policy>> = {};
