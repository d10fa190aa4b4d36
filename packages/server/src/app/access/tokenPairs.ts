import { AppError } from '@tapekeeper/core';
import type { UserSecrets } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';
import { sweep } from './login.ts';

type TokenDeps = Pick<AppDeps, 'store' | 'proofs' | 'log'>;

/** A short-lived token to ask with, and one to get the next pair with, once. */
export interface TokenPair {
  readonly accessToken: string;
  readonly accessSeconds: number;
  readonly refreshToken: string;
  readonly refreshSeconds: number;
  readonly family: string;
}

/** By which logs and people know a refresh token. */
const REFRESH_PREFIX = 'tkr_';

/**
 * The first pair of a family, after a login; access tokens live as long as the settings say unless told otherwise.
 * Throws `login_refused` where that was voided meanwhile.
 */
export async function beginFamily(
  deps: TokenDeps,
  { user, proofVersion }: Pick<UserSecrets, 'user' | 'proofVersion'>,
  accessMs?: number,
): Promise<TokenPair> {
  const { store, proofs } = deps;
  const family = proofs.newFamily();
  const refreshToken = newRefreshToken(deps);
  const kept = await store.createRefreshToken({
    userId: user.id,
    proofVersion,
    family,
    digest: proofs.digest(refreshToken),
    lifeMs: proofs.lives.refreshTokenMs,
  });
  if (!kept) throw new AppError('login_refused');
  return pairOf(deps, { userId: user.id, family, proofVersion }, refreshToken, accessMs);
}

/** The next pair. A refresh token that was used before gives its family up. Throws `refresh_refused`. */
export async function turnPair(deps: TokenDeps, refreshToken: string, accessMs?: number): Promise<TokenPair> {
  const { store, proofs } = deps;
  const next = newRefreshToken(deps);
  const outcome = await store.turnRefreshToken(
    proofs.digest(refreshToken),
    proofs.digest(next),
    proofs.lives.refreshTokenMs,
  );
  if (outcome.kind === 'reused')
    deps.log.warn({}, 'a refresh token was shown twice: its family was given up');
  if (outcome.kind !== 'good') throw new AppError('refresh_refused');
  await sweep(deps);
  const { user, family, proofVersion } = outcome;
  return pairOf(deps, { userId: user.userId, family, proofVersion }, next, accessMs);
}

function newRefreshToken({ proofs }: TokenDeps): string {
  return `${REFRESH_PREFIX}${proofs.newSecret()}`;
}

async function pairOf(
  { proofs }: TokenDeps,
  claims: { readonly userId: number; readonly family: string; readonly proofVersion: number },
  refreshToken: string,
  accessMs = proofs.lives.accessTokenMs,
): Promise<TokenPair> {
  const { refreshTokenMs } = proofs.lives;
  return {
    accessToken: await proofs.accessTokens.sign(claims, accessMs),
    accessSeconds: Math.floor(accessMs / 1000),
    refreshToken,
    refreshSeconds: Math.floor(refreshTokenMs / 1000),
    family: claims.family,
  };
}
