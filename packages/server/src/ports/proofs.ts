import type { Instant } from '@tapekeeper/core';

/** Passwords as PHC strings of a slow hash; few are worked on at a time. */
export interface Passwords {
  /** Throws `passwords_busy`. */
  hash(password: string): Promise<string>;
  /**
   * Whether the password belongs to the hash. Without a hash the same work is done for nothing, so that the time
   * tells nobody who is a user. Throws `passwords_busy`.
   */
  verify(password: string, hash: string | null): Promise<PasswordVerdict>;
}

/** `outdated` is good too, and should be hashed again: the parameters have grown since. */
export type PasswordVerdict = 'good' | 'outdated' | 'wrong';

/** What an access token says. */
export interface AccessClaims {
  readonly userId: number;
  /** The login that it comes from. */
  readonly family: string;
  readonly proofVersion: number;
  readonly expiresAt: Instant;
}

/** Short-lived tokens that say by themselves whose they are. */
export interface AccessTokens {
  sign(claims: Omit<AccessClaims, 'expiresAt'>, lifeMs: number): Promise<string>;
  /** Undefined for whatever was not signed here for this purpose, or is out of date. */
  read(token: string): Promise<AccessClaims | undefined>;
}

/** How long proofs are good for. */
export interface ProofLives {
  readonly sessionMs: number;
  readonly accessTokenMs: number;
  /** Of one refresh token; each use gives a new one. */
  readonly refreshTokenMs: number;
}

/** What proofs of who somebody is are made of, and checked with. */
export interface Proofs {
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly lives: ProofLives;
  /** 256 random bits in base64url, 43 signs. */
  newSecret(): string;
  /** A hundred random bits that people can type: `7K2QX-…`, four groups of five. */
  newSetupCode(): string;
  newFamily(): string;
  /** SHA-256. */
  digest(text: string): Uint8Array;
}
