import type { Permission } from '@tapekeeper/core';
import type { ApiTokenView, UserId } from '../../ports/accessStore.ts';
import type { AppDeps } from '../deps.ts';

/** By which people, and programs that look for leaks, know a token. */
export const API_TOKEN_PREFIX = 'tk_';

/** How much of a token lists show. */
const SHOWN_SIGNS = 4;
const DAY_MS = 86_400_000;

export interface NewApiToken {
  readonly userId: UserId;
  readonly name: string;
  /** Null is all that the role of the user allows. */
  readonly scopes: readonly Permission[] | null;
  /** Null for one without an end. */
  readonly days: number | null;
}

/** Makes a token; it is told here and never again. Throws `unknown_user`. */
export async function createApiToken(
  { store, proofs }: Pick<AppDeps, 'store' | 'proofs'>,
  { userId, name, scopes, days }: NewApiToken,
): Promise<{ readonly token: string; readonly view: ApiTokenView }> {
  const token = `${API_TOKEN_PREFIX}${proofs.newSecret()}`;
  const view = await store.createApiToken({
    userId,
    name,
    prefix: token.slice(0, API_TOKEN_PREFIX.length + SHOWN_SIGNS),
    digest: proofs.digest(token),
    scopes,
    lifeMs: days === null ? null : days * DAY_MS,
  });
  return { token, view };
}
