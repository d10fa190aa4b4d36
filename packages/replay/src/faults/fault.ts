import type { Board } from '@tapekeeper/core';

/**
 * What can go wrong at an upstream, and for which calls. Data only, so that it can be kept in a JSON file.
 *
 * Faults of the wire (delay … garbage, captcha, notice) decide what becomes of an answer's bytes; faults
 * of admission (error, ban, limit, quota) refuse the call; faults of the data (scale, half_day,
 * changed_history, late_factor, moved_pages) give a well-formed answer with wrong rows. A server asks
 * the script once for each call and finds the last kind in `FaultPlan.data`; `dataFaults.ts` has the
 * functions that apply them to rows.
 */

/** `akshare` stands for the public web endpoints that the AKShare library wraps, all on one port. */
export type Protocol = 'tushare' | 'baostock' | 'akshare';

export interface FaultMatch {
  readonly protocol: Protocol;
  /**
   * Interface name, `daily` or `query_history_k_data_plus`; for akshare the origin with its endpoint,
   * `push2his.kline`. Any if left out.
   */
  readonly api?: string;
  /** All endpoints of an origin, `push2his`; akshare only. */
  readonly origin?: string;
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

/** Faults that leave an answer well formed and its rows wrong. */
export type DataFault =
  /** Prices, or volumes, of all rows (of one board) are so many times what they are: 100 or 0.01. */
  | {
      readonly kind: 'scale';
      readonly field: 'price' | 'volume';
      readonly factor: number;
      readonly board?: Board;
    }
  /** Only this share of the symbols has a row (on one day); `times` says after how many calls the rest is in. */
  | { readonly kind: 'half_day'; readonly share: number; readonly day?: string }
  /** The upstream has corrected a day: its prices and amounts differ by the factor. */
  | { readonly kind: 'changed_history'; readonly day: string; readonly factor: number }
  /** Factors lack the step of an ex-date; `times` says after how many calls it is in. */
  | { readonly kind: 'late_factor'; readonly day: string }
  /** From the second page on so many rows (1 by default) have moved: some come twice, as many never. */
  | { readonly kind: 'moved_pages'; readonly rows?: number };

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
  /** Answers with another HTTP status; not for BaoStock. */
  | { readonly kind: 'http'; readonly status: number; readonly body: string }
  /** Answers 200 with the page of a slider captcha; akshare only. */
  | { readonly kind: 'captcha' }
  /** Answers 200 with Sina's page that says that the address is shut out; akshare only. */
  | { readonly kind: 'notice' }
  /** Gives at most so many rows in a page. */
  | { readonly kind: 'page_cap'; readonly rows: number }
  /**
   * Serves so many matching calls, then shuts the address out: of the whole protocol, or for akshare of
   * the origin's group (push2 and push2his fall together), which is counted by itself.
   */
  | { readonly kind: 'ban'; readonly afterCalls: number }
  /** More matching calls than this in any window shut the address out for the pause; groups as for a ban. */
  | {
      readonly kind: 'limit';
      readonly calls: number;
      readonly windowSeconds: number;
      readonly pauseSeconds: number;
    }
  /** An interface may be called so often in a minute, hour or day of Shanghai's clock; Tushare only. */
  | { readonly kind: 'quota'; readonly calls: number; readonly per: 'minute' | 'hour' | 'day' }
  /** Gives a well-formed answer without rows. */
  | { readonly kind: 'empty' }
  /** Sends bytes that are no answer. */
  | { readonly kind: 'garbage' }
  /** Names another interface in the answer than the one asked; BaoStock only. */
  | { readonly kind: 'wrong_echo' }
  | DataFault;

export interface FaultRule {
  readonly match: FaultMatch;
  readonly fault: Fault;
  /**
   * How often it strikes before it is spent; without limit if left out. For a ban or a quota the calls
   * that it refuses, for a limit the pauses.
   */
  readonly times?: number;
}

/** What a call asks for, as far as faults look at it. */
export interface CallFacts {
  readonly protocol: Protocol;
  readonly api: string;
  /** The host that is asked, for akshare. */
  readonly origin?: string;
  /** What is shut out together with the call; the protocol if left out. */
  readonly group?: string;
  readonly symbols: readonly string[];
  readonly day: string | undefined;
}
