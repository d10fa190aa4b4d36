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

/** Secrets that live encrypted in the database, shared by all processes of an installation. */
export interface SecretBox {
  /** Undefined where there is none of the name. */
  read(name: string): Promise<string | undefined>;
  keep(name: string, text: string, by: string): Promise<SecretFacts>;
  /** The secret of the name, made where there is none yet; of several makers at once one wins. */
  readOrMake(name: string, make: () => string): Promise<string>;
  /** False where there was none. */
  remove(name: string): Promise<boolean>;
  facts(): Promise<readonly SecretFacts[]>;
}
