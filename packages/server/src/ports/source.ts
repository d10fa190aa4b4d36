import type { AppError, Capability, DatasetId, PlainDay, RowBatch, SourceId, Symbol } from '@tapekeeper/core';

/** One call-sized question. Days are inclusive. */
export type Question =
  | { readonly shape: 'day'; readonly dataset: DatasetId; readonly day: PlainDay }
  | {
      readonly shape: 'symbol';
      readonly dataset: DatasetId;
      readonly symbol: Symbol;
      readonly from: PlainDay;
      readonly to: PlainDay;
    }
  | { readonly shape: 'all'; readonly dataset: DatasetId; readonly from: PlainDay; readonly to: PlainDay };

/** A row that could not be read, and whose it is as far as that could. */
export interface UnreadableRow {
  readonly reason: string;
  readonly raw: string;
  readonly symbol?: Symbol | undefined;
  readonly day?: PlainDay | undefined;
}

/** A whole answer: all its pages came, or `ask` throws. */
export interface Answer {
  /** The rows of the data set asked for come first; by-products follow. */
  readonly batches: readonly RowBatch[];
  /** (symbol, day) pairs that the source names as suspended: no row, and no gap. */
  readonly suspended: readonly { readonly symbol: Symbol; readonly day: PlainDay }[];
  /** Rows that could not be read as canonical ones (unknown symbol form, letters in a number). */
  readonly unreadable: readonly UnreadableRow[];
  /** Codes that have been replaced by others, as far as the source tells with a stock list. */
  readonly recoded?: readonly { readonly old: Symbol; readonly now: Symbol }[];
  /** Calls that the answer took, pages counted; coming and going (login, logout) is not. */
  readonly calls: number;
  readonly bytes: number;
}

export interface AskContext {
  /** Aborts the call in flight. */
  readonly signal: AbortSignal;
  /** Called before each call on the wire: waits for the budget, or throws `breaker_open`. */
  readonly beforeCall: (host: string, api: string) => Promise<void>;
  /** Told of each failure that the source steps around by asking another host. */
  readonly routeFailed?: (error: AppError) => Promise<void>;
}

/** The small call of `doctor --sources`: what went over the wire, beside what was read from it. */
export interface Probe {
  readonly api: string;
  readonly raw: string;
  readonly parsed: unknown;
  readonly ms: number;
}

/**
 * An upstream. Every implementation passes `test/conformance/source.ts`: typed errors only
 * (`AppError` with the upstream codes of the registry), deadlines on every wait, size caps, whole
 * answers or none, and no row that is not canonical in names and units.
 */
export interface Source {
  readonly id: SourceId;
  /** Budget keys that its calls are counted under. */
  readonly hosts: readonly string[];
  readonly capabilities: readonly Capability[];
  /** True where the source allows one connection for a whole installation. */
  readonly singleConnection: boolean;
  ask(question: Question, context: AskContext): Promise<Answer>;
  /** One small call per interface that is worth knowing the right to. */
  probe(dataset: DatasetId, context: AskContext): Promise<Probe>;
  /** Closes connections; the next `ask` opens them again. */
  close(): Promise<void>;
}
