import { OBJECT_KINDS, type ObjectKind } from '@tapekeeper/core';
import type { OperationChoice } from '../../../../ports/logPageStore.ts';

/** The operation by which clients add a line; what it is about is said in it. */
export const TELLING = 'tradingAgentsCreateLog';

const LOGINS: readonly string[] = [
  'logIn',
  'takeTokens',
  'tradingAgentsLogIn',
  'zquantLogIn',
  'stockQuoteLogIn',
  'stockQuoteLogInAlias',
];
const LOGOUTS: readonly string[] = [
  'logOut',
  'revokeTokens',
  'revokeSession',
  'tradingAgentsLogOut',
  'zquantLogOut',
  'stockQuoteLogOut',
];

const KINDS: Readonly<Record<string, readonly ObjectKind[]>> = {
  config_management: ['job', 'group', 'priority', 'source', 'host', 'symbol_set', 'target'],
  user_management: ['user', 'api_token', 'session'],
  database_operation: ['backup', 'coverage', 'hole', 'quarantine', 'reconciliation'],
};

const ELSEWHERE: readonly ObjectKind[] = Object.values(KINDS).flat();
const SPECIAL = [...LOGINS, ...LOGOUTS, TELLING];

/** Which lines of the audit log are of a sort. Syncs of lists are lines of their own beside them. */
export function choiceOf(type: string): OperationChoice {
  const isRest = type === 'system_settings';
  const named = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  return {
    actions: type === 'user_login' ? LOGINS : type === 'user_logout' ? LOGOUTS : [],
    kinds: isRest ? OBJECT_KINDS.filter((kind) => !ELSEWHERE.includes(kind)) : (named ?? []),
    notActions: SPECIAL,
    withoutKind: isRest,
    told: type,
  };
}

/** The sort of a line of the audit log. */
export function typeOf(line: {
  readonly action: string;
  readonly kind: string | null;
  /** What the line says of itself. */
  readonly told: string | null;
}): string {
  const { action, kind, told } = line;
  if (action === TELLING) return told ?? 'system_settings';
  if (LOGINS.includes(action)) return 'user_login';
  if (LOGOUTS.includes(action)) return 'user_logout';
  const found = Object.entries(KINDS).find(([, kinds]) => kinds.some((one) => one === kind));
  return found?.[0] ?? 'system_settings';
}
