import type { Instant, Permission, Role } from '@tapekeeper/core';

export type UserId = number;

/** Somebody who may come in. */
export interface User {
  readonly id: UserId;
  /** In small letters; unique among those who are there. */
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  readonly enabled: boolean;
  readonly hasPassword: boolean;
  /** Grows with each change; changes name the one they saw. */
  readonly version: number;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly lastLoginAt: Instant | null;
}

/** What a login compares; never shown. */
export interface UserSecrets {
  readonly user: User;
  /** PHC string; null where nobody can log in by password. */
  readonly passwordHash: string | null;
  /** What was proved under another number is void. */
  readonly proofVersion: number;
}

/** A user as one of their proofs finds them, when that is good. */
export interface ProvedUser {
  readonly userId: UserId;
  readonly name: string;
  readonly role: Role;
  /** Number of the session, API token or family that proved it. */
  readonly proofId: string;
  /** What of the role is kept; null is all of it. */
  readonly scopes: readonly Permission[] | null;
  readonly expiresAt: Instant | null;
}

export interface NewUser {
  readonly name: string;
  readonly displayName: string;
  readonly role: Role;
  readonly passwordHash: string | null;
}

export interface UserChange {
  readonly displayName: string;
  readonly role: Role;
  readonly enabled: boolean;
  /** The version that whoever changes it has seen. */
  readonly version: number;
}

export interface SessionView {
  readonly id: number;
  readonly userId: UserId;
  readonly createdAt: Instant;
  readonly seenAt: Instant;
  readonly expiresAt: Instant;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

export interface ApiTokenView {
  readonly id: number;
  readonly userId: UserId;
  readonly userName: string;
  readonly name: string;
  /** First characters of the token, by which people know it. */
  readonly prefix: string;
  readonly scopes: readonly Permission[] | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly usedAt: Instant | null;
  readonly revokedAt: Instant | null;
}

/** What came of showing a refresh token: whose it was, or that it had been used before. */
export type RefreshOutcome =
  | { readonly kind: 'good'; readonly user: ProvedUser; readonly family: string }
  | { readonly kind: 'reused' | 'unknown' };

/** How often something has failed to log in, and from when on it may try again. */
export interface Throttle {
  readonly failures: number;
  readonly openAt: Instant;
}

/** Users, and what proves who they are. Digests are SHA-256 of what people hold. */
export interface AccessStore {
  users(): Promise<readonly User[]>;
  user(id: UserId): Promise<User | undefined>;
  userSecrets(name: string): Promise<UserSecrets | undefined>;
  /** Whether there is an enabled admin who can log in. */
  hasAdmin(): Promise<boolean>;
  /** Throws `user_exists`. */
  createUser(user: NewUser): Promise<User>;
  /** Makes the first admin and spends the set-up code with it; throws `setup_refused` where either cannot be. */
  createFirstAdmin(user: NewUser, codeDigest: Uint8Array | null): Promise<User>;
  /** Throws `unknown_user`, `user_changed`, or `last_admin` where nobody could administer any more. */
  updateUser(id: UserId, change: UserChange): Promise<User>;
  /** A new password voids every proof of the user. Throws `unknown_user`. */
  setPassword(id: UserId, passwordHash: string): Promise<void>;
  /** The same password under better parameters voids nothing. */
  rehashPassword(id: UserId, passwordHash: string): Promise<void>;
  /** Throws `unknown_user`, `last_admin`. */
  deleteUser(id: UserId): Promise<User>;

  createSession(session: {
    readonly userId: UserId;
    readonly proofVersion: number;
    readonly digest: Uint8Array;
    readonly lifeMs: number;
    readonly ip: string | null;
    readonly userAgent: string | null;
  }): Promise<SessionView>;
  /** The user of a session that is good; notes that it was seen, at most once a minute. */
  sessionUser(digest: Uint8Array): Promise<ProvedUser | undefined>;
  sessions(userId: UserId): Promise<readonly SessionView[]>;
  /** False where there is none that could be revoked. */
  revokeSession(id: number, userId: UserId | null): Promise<boolean>;

  createApiToken(token: {
    readonly userId: UserId;
    readonly name: string;
    readonly prefix: string;
    readonly digest: Uint8Array;
    readonly scopes: readonly Permission[] | null;
    readonly expiresAt: Instant | null;
  }): Promise<ApiTokenView>;
  /** The user of an API token that is good; notes that it was used, at most once a minute. */
  apiTokenUser(digest: Uint8Array): Promise<ProvedUser | undefined>;
  /** Of one user, or of all. */
  apiTokens(userId: UserId | null): Promise<readonly ApiTokenView[]>;
  revokeApiToken(id: number, userId: UserId | null): Promise<ApiTokenView | undefined>;

  createRefreshToken(token: {
    readonly userId: UserId;
    readonly proofVersion: number;
    readonly family: string;
    readonly digest: Uint8Array;
    readonly lifeMs: number;
  }): Promise<void>;
  /** Spends a refresh token; one that was spent before gives its whole family up. */
  spendRefreshToken(digest: Uint8Array): Promise<RefreshOutcome>;
  revokeFamily(family: string): Promise<void>;
  /** The user of an access token, while its family and the user are good. */
  familyUser(family: string, userId: UserId, proofVersion: number): Promise<ProvedUser | undefined>;

  /** By subject, as digests; those that never failed are absent. */
  loginThrottles(subjects: readonly string[]): Promise<ReadonlyMap<string, Throttle>>;
  /** Notes a failure; the wait doubles from the `free`th on, up to `longestMs`, and is forgotten after a day. */
  noteLoginFailure(
    subjects: readonly string[],
    rule: { readonly free: number; readonly longestMs: number },
  ): Promise<void>;
  clearLoginFailures(subjects: readonly string[]): Promise<void>;

  /** Replaces the set-up code. */
  keepSetupCode(digest: Uint8Array, lifeMs: number): Promise<void>;
  /** Removes sessions, refresh tokens and throttles that ended long ago; returns how many. */
  sweepAccess(): Promise<number>;
}
