import type { IncomingMessage } from 'node:http';
import { NOBODY, type AppError, type Identity } from '@tapekeeper/core';
import type { AppDeps } from '../app/deps.ts';
import type { PushPlace } from '../app/push/pushPlace.ts';
import { authenticate, bearerOf, openedByDocuments, type DoorRules } from './auth/authenticate.ts';
import { reads, shownOpen } from './auth/policies.ts';
import { pushPlaces } from './documented/tradingAgents/push/places.ts';
import { guardRequest, type GuardRules } from './guard.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';

export interface LiveDoorRules extends DoorRules, Omit<GuardRules, 'port'> {
  readonly port: () => number;
  /** Whether this machine may use without a token what the documents show without one. */
  readonly documentedLoopback?: boolean;
}

const SHOWN_OPEN = shownOpen(reads('read'));

/** The rules of the HTTP interface for connections that become WebSockets, which no route sees. */
export function liveDoor(deps: AppDeps, rules: LiveDoorRules) {
  const door = {
    places: pushPlaces(deps),
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
    /**
     * The same where documented clients come: their token may be in the address, as a browser can send no header.
     * One that is good for nothing makes nobody of them.
     */
    async identifyAt(
      place: PushPlace,
      request: IncomingMessage,
    ): Promise<{ identity: Identity; hasShown: boolean }> {
      const token = tokenIn(request);
      if (token !== undefined)
        return { identity: (await door.identifyToken(token)) ?? NOBODY, hasShown: true };
      const identity = await door.identify(request);
      const isOpen = rules.documentedLoopback === true && place.isShownOpen;
      return {
        identity: isOpen ? openedByDocuments(identity, SHOWN_OPEN, request) : identity,
        hasShown: request.headers.authorization !== undefined,
      };
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
  return door;
}

/** The token in an address, which no log shows. */
function tokenIn({ url = '' }: IncomingMessage): string | undefined {
  const query = url.indexOf('?');
  return new URLSearchParams(query < 0 ? '' : url.slice(query)).get('token') ?? undefined;
}
