import type { Instant, Permission, Role, ThrottleRule } from '@tapekeeper/core';

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
  /** Whether the user has logged in from the address before, not long ago. */
  readonly knownAddress: boolean;
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
  readonly userName: string;
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

/** A page of what users have. */
export interface OwnedPage {
  /** Null for that of all users. */
  readonly userId: UserId | null;
  /** Only what is older than the one of this number. */
  readonly before: number | null;
  readonly limit: number;
}

/** What came of showing a refresh token: whose it was, or that it had been used before. */
export type RefreshOutcome =
  | {
      readonly kind: 'good';
      readonly user: ProvedUser;
      readonly proofVersion: number;
      readonly family: string;
    }
  | { readonly kind: 'reused' | 'unknown' };

/** What tries to log in are counted under, as a digest, and what they cost. */
export interface ThrottleSubject {
  readonly subject: string;
  readonly rule: ThrottleRule;
}

/** Of a family of tokens: whose it is. */
export interface TokenFamily {
  readonly family: string;
  readonly userId: UserId;
  readonly userName: string;
}

/** Users, and what proves who they are. Digests are SHA-256 of what people hold. */
export interface AccessStore {
  /** By name, those after one. */
  users(after: string, limit: number): Promise<readonly User[]>;
  user(id: UserId): Promise<User | undefined>;
  userNamed(name: string): Promise<User | undefined>;
  userSecrets(name: string, ip: string | null): Promise<UserSecrets | undefined>;
  /** Whether there is an enabled admin who can log in. */
  hasAdmin(): Promise<boolean>;
  /** Throws `user_exists`. */
  createUser(user: NewUser): Promise<User>;
  /**
   * Makes the first admin and spends the set-up code with it; without a code the program does so by itself, and says
   * so in the audit log. Throws `setup_refused` where there is an admin or the code is no good, `user_exists`.
   */
  createFirstAdmin(user: NewUser, codeDigest: Uint8Array | null): Promise<User>;
  /**
   * Disabling voids every proof of the user; another role holds from the next request on. Throws `unknown_user`,
   * `user_changed`, or `last_admin` where nobody could administer any more.
   */
  updateUser(id: UserId, change: UserChange): Promise<User>;
  /** A new password voids every proof of the user, but API tokens. Throws `unknown_user`. */
  setPassword(id: UserId, passwordHash: string): Promise<User>;
  /** The same password under better parameters voids nothing; `former` is the hash that was compared. */
  rehashPassword(id: UserId, former: string, passwordHash: string): Promise<void>;
  /** Voids every proof of the user; the name may be given again. Throws `unknown_user`, `last_admin`. */
  deleteUser(id: UserId): Promise<User>;

  /** Undefined where the user was changed meanwhile, so that what was proved is void. */
  createSession(session: {
    readonly userId: UserId;
    readonly proofVersion: number;
    readonly digest: Uint8Array;
    readonly lifeMs: number;
    readonly ip: string | null;
    readonly userAgent: string | null;
  }): Promise<SessionView | undefined>;
  /** The user of a session that is good; notes that it was seen, at most once a minute. */
  sessionUser(digest: Uint8Array): Promise<ProvedUser | undefined>;
  /** Good ones, newest first. */
  sessions(page: OwnedPage): Promise<readonly SessionView[]>;
  /** Undefined where there is none that could be revoked. */
  revokeSession(id: number, userId: UserId | null): Promise<SessionView | undefined>;

  /** Throws `unknown_user`. */
  createApiToken(token: {
    readonly userId: UserId;
    readonly name: string;
    readonly prefix: string;
    readonly digest: Uint8Array;
    readonly scopes: readonly Permission[] | null;
    /** Null for one without an end. */
    readonly lifeMs: number | null;
  }): Promise<ApiTokenView>;
  /** The user of an API token that is good; notes that it was used, at most once a minute. */
  apiTokenUser(digest: Uint8Array): Promise<ProvedUser | undefined>;
  /** Newest first, with those that are void. */
  apiTokens(page: OwnedPage): Promise<readonly ApiTokenView[]>;
  revokeApiToken(id: number, userId: UserId | null): Promise<ApiTokenView | undefined>;

  /** The first one of a family, after a login. False where the user was changed meanwhile. */
  createRefreshToken(token: {
    readonly userId: UserId;
    readonly proofVersion: number;
    readonly family: string;
    readonly digest: Uint8Array;
    readonly lifeMs: number;
  }): Promise<boolean>;
  /**
   * Spends a refresh token and keeps the one that follows it; one that was spent before gives its whole family up,
   * since one of the two who showed it has stolen it.
   */
  turnRefreshToken(digest: Uint8Array, next: Uint8Array, lifeMs: number): Promise<RefreshOutcome>;
  /** Whose a refresh token is, that could still be used. */
  refreshFamily(digest: Uint8Array): Promise<TokenFamily | undefined>;
  revokeFamily(family: string): Promise<void>;
  /** The user of an access token, while the token, its family and the user are good. */
  familyUser(claims: {
    readonly family: string;
    readonly userId: UserId;
    readonly proofVersion: number;
    readonly expiresAt: Instant;
  }): Promise<ProvedUser | undefined>;

  /**
   * Counts a try to log in before anything is compared, so that many at once are as slow as one after the other.
   * Null where it may go on; else from when on another may, and then nothing was counted.
   */
  admitLogin(subjects: readonly ThrottleSubject[]): Promise<{ readonly waitMs: number } | null>;
  /** After a login that went well: `forgotten` begin anew, of `returned` that one try is taken back. */
  settleLogin(forgotten: readonly string[], returned: readonly string[]): Promise<void>;

  /** Replaces the set-up code; not where there is an admin. Returns whether it did. */
  keepSetupCode(digest: Uint8Array, lifeMs: number): Promise<boolean>;
  /** Whether the first admin can be made by that code. */
  isSetupCode(digest: Uint8Array): Promise<boolean>;
  /** Removes some sessions, refresh tokens and throttles that ended long ago; returns how many. */
  sweepAccess(limit: number): Promise<number>;
}
