import type { Instant } from '@tapekeeper/core';

/** What may be told of a secret. */
export interface SecretFacts {
  /** Such as `source:tushare`, `channel:3`, `signing`. */
  readonly name: string;
  /** Its last four characters, where it is long enough that they give nothing away. */
  readonly last4: string | null;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

/** What a rotation of the key has done. */
export interface KeyRotation {
  /** Names the key that seals from now on; nothing of the key itself. */
  readonly keyId: string;
  /** Secrets that were sealed anew. */
  readonly secrets: number;
  /** The file that holds the key, for machines that have a copy of their own. */
  readonly file: string;
}

/**
 * Secrets that live encrypted in the database, shared by all processes of an installation. Everything that reads or
 * keeps one throws `secret_key_wrong` where this machine holds another key than the one that sealed it, and
 * `secret_broken` where the row was altered or is another secret's.
 */
export interface SecretBox {
  /** Undefined where there is none of the name. */
  read(name: string): Promise<string | undefined>;
  keep(name: string, text: string, by: string): Promise<SecretFacts>;
  /** The secret of the name, made where there is none yet; of several makers at once one wins. */
  readOrMake(name: string, make: () => string): Promise<string>;
  /** False where there was none. It needs no key, so that secrets whose key is lost can be got rid of. */
  remove(name: string): Promise<boolean>;
  /** By name. It needs no key. */
  facts(): Promise<readonly SecretFacts[]>;
  /** Seals all under a new key; whoever shares the file goes on without a restart. */
  rotateKey(): Promise<KeyRotation>;
}
