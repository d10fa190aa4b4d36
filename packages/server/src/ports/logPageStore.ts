import type { DatasetId, Instant, Operation, RunState } from '@tapekeeper/core';
import type { RunView } from './viewStore.ts';

/** Which lines of the audit log are meant; any of the three makes a line one of them. */
export interface OperationChoice {
  readonly actions: readonly string[];
  /** Of these kinds, but for the actions of `notActions`. */
  readonly kinds: readonly string[];
  readonly notActions: readonly string[];
  /** Whether lines without a kind are meant too. */
  readonly withoutKind: boolean;
  /** Lines that say so themselves, by the type that they tell. */
  readonly told: string;
}

/** The audit log, and the runs of a data set that have ended, as one log. */
export interface LogFilter {
  /** All lines where null. */
  readonly operations: OperationChoice | null;
  readonly runs: { readonly dataset: DatasetId; readonly states: readonly RunState[] };
  readonly success: boolean | null;
  /** The action of lines that say themselves whether something went well. */
  readonly telling: string;
  /** Part of who it was, or of what was done to what. */
  readonly text: string | null;
  readonly from: Instant | null;
  readonly until: Instant | null;
}

export type LogLine =
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'run'; readonly run: RunView };

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Lines of the filter on all pages. */
  readonly total: number;
}

/** Lines of one sort in an hour of the day. */
export interface LogCount {
  /** The operation; null for runs. */
  readonly action: string | null;
  readonly objectKind: string | null;
  /** What a line says of itself. */
  readonly told: string | null;
  /** In Shanghai, 0 to 23. */
  readonly hour: number;
  readonly ok: boolean;
  readonly count: number;
}

/** The log as clients of documented interfaces leaf through it: by number of page, with totals. */
export interface LogPageStore {
  /** Newest first. */
  logPage(filter: LogFilter, page: { readonly skip: number; readonly limit: number }): Promise<LogPage>;
  logCounts(since: Instant, about: Pick<LogFilter, 'runs' | 'telling'>): Promise<readonly LogCount[]>;
}
