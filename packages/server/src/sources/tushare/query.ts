import type { Row } from '@tapekeeper/core';
import type { Complete, TushareApi } from './api.ts';
import type { TusharePage } from './envelope.ts';

export type Params = Readonly<Record<string, string>>;

/** One interface asked with one set of parameters. */
export interface TushareQuery {
  readonly api: TushareApi;
  /** All but `offset` and `limit`. */
  readonly params: Params;
  /** Whether a row answers these parameters; one that does not makes the answer malformed. */
  readonly asked: (row: Row) => boolean;
  /** Whether a row is wanted, where the parameters cannot say so exactly; others are passed over. */
  readonly wanted?: (row: Row) => boolean;
  /** In place of the interface's own. */
  readonly complete?: Complete;
  /** The parameters that lead past a page, where the interface has no offset. */
  readonly turn?: (page: TusharePage) => Params;
}
