/**
 * What documented clients need and nothing else of this program would allow: the one list of it. The page about the
 * documented interfaces is made of this list.
 */
export interface DocumentedException {
  readonly who: string;
  readonly what: string;
  readonly why: string;
}

/** Minutes that an access token of a documented login is good for; its login can be ended at any time before. */
export const ACCESS_MINUTES = { stockQuote: 1_440, tradingAgents: 60, zquant: 1_440 } as const;

export const DOCUMENTED_EXCEPTIONS: readonly DocumentedException[] = [
  {
    who: 'POST /api/admin/login, POST /api/admin/auth/login, POST /api/v1/auth/login',
    what: `An access token is good for ${ACCESS_MINUTES.zquant} minutes instead of 15.`,
    why: 'Their clients ask for a token once a day and cannot renew it. Logging out, a new password, or a disabled user ends it at once.',
  },
  {
    who: 'POST /api/auth/login',
    what: `An access token is good for ${ACCESS_MINUTES.tradingAgents} minutes instead of 15.`,
    why: 'Its client renews the token when an answer says 401, and expects an hour before that.',
  },
  {
    who: 'GET /api/ws/notifications, /api/ws/tasks/{id}, /ws/progress/{id} and their like',
    what: 'The token may be in the address, as ?token=….',
    why: 'A browser cannot send a header with a WebSocket. No log shows the part of an address behind the question mark.',
  },
  {
    who: 'POST /api/v1/auth/refresh',
    what: 'The refresh token may be in the address, as ?refresh_token=….',
    why: 'The documented server takes it there. It is used up by the call.',
  },
  {
    who: 'Routes that the documents show without a token',
    what: 'TAPEKEEPER_DOCUMENTED_LOOPBACK=true opens them to whoever is on this machine, as an operator.',
    why: 'Scripts written for the documented systems send no token there. It is off by default, and refused where other machines reach the server.',
  },
];
