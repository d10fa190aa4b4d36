/** What can go wrong at an upstream, and for which calls. Data only, so that it can be kept in a JSON file. */

export type Protocol = 'tushare' | 'baostock';

export interface FaultMatch {
  readonly protocol: Protocol;
  /** Interface name, `daily` or `query_history_k_data_plus`; any if left out. */
  readonly api?: string;
  /** Canonical symbol that the call asks for. */
  readonly symbol?: string;
  /** `2024-01-31`: the one day that the call asks for. */
  readonly day?: string;
  /** Only the n-th matching call, counted from 1. */
  readonly nth?: number;
  /** Each n-th matching call. */
  readonly every?: number;
  /** All matching calls after the first n. */
  readonly after?: number;
  /** Share of the calls, 0 to 1, drawn with the seed. */
  readonly chance?: number;
}

export type Fault =
  /** Answers later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Never answers, and keeps the connection open. */
  | { readonly kind: 'silence' }
  /** Sends the first bytes of the answer (half of it by default), then FIN; goes on reading. */
  | { readonly kind: 'half_close'; readonly afterBytes?: number }
  /** Ends the connection with RST. */
  | { readonly kind: 'reset' }
  /** Sends the answer slowly. */
  | { readonly kind: 'drip'; readonly bytesPerSecond: number }
  /** Sends the answer in so many pieces (2 by default), cut at seeded places. */
  | { readonly kind: 'split'; readonly pieces?: number }
  /** Refuses in the words of the protocol. */
  | { readonly kind: 'error'; readonly code: number | string; readonly message: string }
  /** Answers with another HTTP status; Tushare only. */
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  /** Gives at most so many rows in a page. */
  | { readonly kind: 'page_cap'; readonly rows: number }
  /** Serves so many matching calls, then shuts the address out of the whole protocol. */
  | { readonly kind: 'ban'; readonly afterCalls: number }
  /** Gives a well-formed answer without rows. */
  | { readonly kind: 'empty' }
  /** Sends bytes that are no answer. */
  | { readonly kind: 'garbage' }
  /** Names another interface in the answer than the one asked; BaoStock only. */
  | { readonly kind: 'wrong_echo' };

export interface FaultRule {
  readonly match: FaultMatch;
  readonly fault: Fault;
  /** How often it strikes before it is spent; without limit if left out. For a ban, the calls that it refuses. */
  readonly times?: number;
}

/** What a call asks for, as far as faults look at it. */
export interface CallFacts {
  readonly protocol: Protocol;
  readonly api: string;
  readonly symbols: readonly string[];
  readonly day: string | undefined;
}
