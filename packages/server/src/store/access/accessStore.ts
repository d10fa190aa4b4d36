import type { AccessStore } from '../../ports/accessStore.ts';
import type { Database } from '../connection.ts';
import { hasAdmin } from './admins.ts';
import * as apiTokens from './apiTokens.ts';
import * as refreshTokens from './refreshTokens.ts';
import * as sessions from './sessions.ts';
import * as setupCode from './setupCode.ts';
import * as throttles from './throttles.ts';
import * as users from './users.ts';

/** Users and their proofs in the database. */
export function createAccessStore(db: Database): AccessStore {
  const bind =
    <Input extends readonly unknown[], Output>(
      statement: (db: Database, ...input: Input) => Promise<Output>,
    ) =>
    (...input: Input): Promise<Output> =>
      statement(db, ...input);
  return {
    users: bind(users.users),
    user: bind(users.user),
    userNamed: bind(users.userNamed),
    userSecrets: bind(users.userSecrets),
    hasAdmin: bind(hasAdmin),
    createUser: bind(users.createUser),
    createFirstAdmin: bind(setupCode.createFirstAdmin),
    updateUser: bind(users.updateUser),
    setPassword: bind(users.setPassword),
    rehashPassword: bind(users.rehashPassword),
    deleteUser: bind(users.deleteUser),

    createSession: bind(sessions.createSession),
    sessionUser: bind(sessions.sessionUser),
    sessions: bind(sessions.sessions),
    revokeSession: bind(sessions.revokeSession),

    createApiToken: bind(apiTokens.createApiToken),
    apiTokenUser: bind(apiTokens.apiTokenUser),
    apiTokens: bind(apiTokens.apiTokens),
    revokeApiToken: bind(apiTokens.revokeApiToken),

    createRefreshToken: bind(refreshTokens.createRefreshToken),
    turnRefreshToken: bind(refreshTokens.turnRefreshToken),
    refreshFamily: bind(refreshTokens.refreshFamily),
    revokeFamily: bind(refreshTokens.revokeFamily),
    familyUser: bind(refreshTokens.familyUser),

    admitLogin: bind(throttles.admitLogin),
    settleLogin: bind(throttles.settleLogin),

    keepSetupCode: bind(setupCode.keepSetupCode),
    isSetupCode: bind(setupCode.isSetupCode),
    sweepAccess: bind(throttles.sweepAccess),
  };
}
