import type { FastifyRequest } from 'fastify';
import { beginFamily, turnPair, type TokenPair } from '../../app/access/tokenPairs.ts';
import type { User } from '../../ports/accessStore.ts';
import { noteOperation } from '../audit.ts';
import { requireSafeWay, type CookieRules } from '../auth/sessionCookie.ts';
import type { HttpContext } from '../context.ts';
import { enter } from '../routes/auth/enter.ts';

export interface DocumentedLogin {
  readonly pair: TokenPair;
  readonly user: User;
}

/** Logs a person in as `/v1/auth/token` does: counted, noted, and with tokens that live as long as a client needs. */
export async function logIn(
  { deps }: Pick<HttpContext, 'deps'>,
  rules: CookieRules,
  request: FastifyRequest,
  { username, password, minutes }: { username: string; password: string; minutes: number },
): Promise<DocumentedLogin> {
  requireSafeWay(request, rules);
  const proved = await enter(deps, request, { name: username, password });
  const pair = await beginFamily(deps, proved, minutes * 60_000);
  noteOperation(request, { id: pair.family });
  return { pair, user: proved.user };
}

/** The next pair of tokens. Raises `refresh_refused`. */
export async function renew(
  { deps }: Pick<HttpContext, 'deps'>,
  refreshToken: string,
  minutes: number,
): Promise<TokenPair> {
  return turnPair(deps, refreshToken, minutes * 60_000);
}

/** Ends the login that the token of a request comes from; other proofs have nothing to end here. */
export async function logOut({ deps }: Pick<HttpContext, 'deps'>, request: FastifyRequest): Promise<void> {
  const [kind, family] = request.identity.credential?.split(':') ?? [];
  if (kind !== 'family' || family === undefined) return;
  noteOperation(request, { id: family });
  await deps.store.revokeFamily(family);
}
