import type { IncomingMessage } from 'node:http';
import { NOBODY, type AppError, type Identity } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import { authenticate, bearerOf, type DoorRules } from './auth/authenticate.ts';
import { guardRequest, type GuardRules } from './guard.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

export interface LiveDoorRules extends DoorRules, Omit<GuardRules, 'port'> {
  readonly port: () => number;
}

/** The rules of the HTTP interface for connections that become WebSockets, which no route sees. */
export function liveDoor(deps: AppDeps, rules: LiveDoorRules) {
  return {
    guard(request: IncomingMessage): void {
      const { headers, socket } = request;
      const asked = { method: 'GET', path: '', headers, remoteAddress: socket.remoteAddress };
      guardRequest(asked, { ...rules, port: rules.port() });
    },
    /** A cookie counts only where a browser says that a page of ours has made the connection. */
    async identify({ headers, socket }: IncomingMessage): Promise<Identity> {
      const proto =
        String(headers['x-forwarded-proto'] ?? '')
          .split(',')
          .at(-1)
          ?.trim() ?? '';
      const isSecure = rules.isTrusted?.(socket.remoteAddress) === true && /^(https|wss)$/.test(proto);
      const protocol = isSecure ? ('https' as const) : ('http' as const);
      const identity = await authenticate(deps, rules, { headers, socket, protocol });
      return identity.proof === 'session' && headers.origin === undefined ? NOBODY : identity;
    },
    identifyToken: (token: string): Promise<Identity | undefined> => bearerOf(deps, rules, `Bearer ${token}`),
    refusal(error: AppError) {
      const problem = problemOf(error, '');
      return {
        status: problem.status,
        type: `${PROBLEM_TYPE}; charset=utf-8`,
        body: JSON.stringify(problem),
      };
    },
  };
}
