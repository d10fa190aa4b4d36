import type { DatasetId, Instant, PlainDay, RunState, SourceId } from '@tapekeeper/core';
import type { OperationFilter } from './operationStore.ts';
import type { RunId, StoredError } from './runStore.ts';

/** What a collection log says of a symbol or a run. */
export const LOG_STATUSES = ['pending', 'running', 'success', 'partial_success', 'failed'] as const;
export type LogStatus = (typeof LOG_STATUSES)[number];

/** A stretch of time, by when runs were made. */
export interface LogSpan {
  readonly from: Instant | null;
  /** Not part of it. */
  readonly until: Instant | null;
}

/** A run of a job over symbols, with how many lines it has in the log: one a symbol. */
export interface LoggedRun {
  readonly id: RunId;
  readonly lines: number;
}

export interface SymbolLineWish {
  readonly runIds: readonly RunId[];
  readonly statuses: readonly LogStatus[] | null;
  /** Part of the symbol, whatever the case; every character stands for itself. */
  readonly symbol: string | null;
  readonly skip: number;
  readonly limit: number;
}

/** One item that did not go well for a symbol, with its last tries. */
export interface SymbolTrouble {
  readonly item: number;
  readonly source: SourceId;
  readonly from: PlainDay;
  readonly to: PlainDay;
  readonly code: string | null;
  readonly tries: readonly {
    readonly no: number;
    readonly at: Instant;
    readonly code: string;
    readonly message: string | null;
  }[];
}

/** What a run did for one symbol. */
export interface SymbolLine {
  readonly runId: RunId;
  /** Its place among the symbols of the run, from 1 on. */
  readonly place: number;
  /** Null for a run over everything that is listed, which has one line. */
  readonly symbol: string | null;
  readonly status: LogStatus;
  readonly rows: number;
  readonly createdAt: Instant;
  readonly runState: RunState;
  readonly runError: StoredError | null;
  /** Of lines that have not gone well. */
  readonly troubles: readonly SymbolTrouble[];
  /** Rows of the symbol that were refused, and why. */
  readonly refused: readonly { readonly outcome: string; readonly detail: string | null }[];
}

export interface SymbolLinePage {
  readonly lines: readonly SymbolLine[];
  /** Of all pages, among the runs of the wish. */
  readonly total: number;
}

/** Lines of a day in Shanghai. */
export interface LineCount<Status> {
  readonly day: PlainDay;
  readonly status: Status;
  readonly count: number;
}

type Conditions = Omit<OperationFilter, 'before' | 'limit'>;

/** Logs as clients of documented interfaces read them: views of runs, items and operations, by number of page. */
export interface LogTableStore {
  /** Runs over symbols of the jobs that have a key or had it, newest first, no more than `most`. */
  symbolLogRuns(jobKey: string, span: LogSpan, most: number): Promise<readonly LoggedRun[]>;
  /** Newest run first, symbols in their order. */
  symbolLines(wish: SymbolLineWish): Promise<SymbolLinePage>;
  symbolLineCounts(runIds: readonly RunId[]): Promise<readonly LineCount<LogStatus>[]>;
  /** Runs about a data set, by the day on which they were made: counted in an index. */
  datasetRunCounts(dataset: DatasetId, from: Instant | null): Promise<readonly LineCount<RunState>[]>;
  /** Every action that the audit log has a line of. */
  operationActions(): Promise<readonly string[]>;
  /** Lines of the audit log; with a condition among the newest `most`. */
  countOperations(filter: Conditions, most: number): Promise<number>;
  /** The line that so many newer ones come before; null where there are not so many. */
  operationAt(filter: Conditions, skip: number, most: number): Promise<number | null>;
}
