import type { ObjectKind, Permission } from '@tapekeeper/core';

/**
 * `public` is for anybody, `self` for everybody who is known, `person` for those of them who have shown more than an
 * API token: whoever found one must not make others of it, nor end the sessions of its user. Admins may anyway.
 */
export type Need = Permission | 'public' | 'self' | 'person';

/** What a route needs of who asks, and what it changes. */
export interface Policy {
  readonly need: Need;
  /** Kind of what it changes; null where nothing is changed, and then no line of the audit log is left. */
  readonly changes: ObjectKind | null;
  /** Whether documents show it without a token: a setting lets this machine use it so. */
  readonly isShownOpen?: true;
}

export const open = (): Policy => ({ need: 'public', changes: null });
export const reads = (need: Need): Policy => ({ need, changes: null });
export const changes = (need: Need, kind: ObjectKind): Policy => ({ need, changes: kind });

/** Of a route that a document shows without a token. */
export const shownOpen = (policy: Policy): Policy => ({ ...policy, isShownOpen: true });
