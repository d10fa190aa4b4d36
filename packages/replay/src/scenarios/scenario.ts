import type { DatasetId, ErrorCode, PlainDay, RunState, SourceId, SymbolOutcome } from '@tapekeeper/core';
import type { FaultRule } from '../faults/fault.ts';
import type { Permissions } from '../replay.ts';
import type { EnvelopeStyle } from '../tushare/envelope.ts';
import type { AnswerEdit } from './answerEdit.ts';

/**
 * A trouble that people have reported of an upstream, as data: what the upstream does, what is asked
 * of the product, how that ends, and what holds afterwards. Kept as JSON, one file a scenario.
 */
export interface Scenario {
  /** That of its file. */
  readonly name: string;
  readonly imitates: Text & {
    /** Where it was reported: `akshare#6585`, a page, or what the protocol says. */
    readonly reference: string;
  };
  /** What the product does about it, for people. */
  readonly product: Text;
  readonly world: WorldOfScenario;
  /** The time at which it begins, `2025-11-28 20:00` in Shanghai. Only sleeps and steps move it. */
  readonly startsAt: string;
  readonly upstream: UpstreamOfScenario;
  readonly settings: SettingsOfScenario;
  readonly steps: readonly Step[];
  readonly holds: Holds;
}

export interface Text {
  readonly en: string;
  readonly zh: string;
}

export type WorldOfScenario =
  | { readonly kind: 'sample' }
  | {
      readonly kind: 'generated';
      readonly seed: number;
      readonly symbols: number;
      readonly from: PlainDay;
      readonly to: PlainDay;
    };

export interface UpstreamOfScenario {
  readonly faults?: readonly FaultRule[];
  readonly permissions?: Permissions;
  readonly caps?: Readonly<Record<string, number>>;
  readonly latencyMs?: number;
  readonly envelope?: EnvelopeStyle;
  /** Changes of Tushare's answers on their way, for what no fault of the replay server can show. */
  readonly edits?: readonly AnswerEdit[];
}

export interface SettingsOfScenario {
  /** In the order of asking. */
  readonly sources: readonly SourceId[];
  readonly tushareToken?: string;
  readonly fallbackCallCap?: number;
  readonly itemAttempts?: number;
  readonly readyTries?: number;
  /** Whether calls are counted against the budgets that an installation begins with. */
  readonly budgets?: boolean;
  /** Deadlines of the clients; far beyond what loopback takes if left out. */
  readonly idleMs?: number;
  readonly totalMs?: number;
}

/** A wish as a person writes it. */
export interface Wish {
  readonly dataset: DatasetId;
  readonly from?: PlainDay;
  readonly to?: PlainDay;
  readonly symbols?: readonly string[];
  readonly sources?: readonly SourceId[];
  readonly force?: boolean;
}

export type Step =
  /** A run to its end; waits of its work that are for later are over at once. */
  | { readonly do: 'sync' | 'repair'; readonly wish: Wish; readonly ends: Ends }
  /** All faults and edits are gone, and bans are lifted. */
  | { readonly do: 'clear_faults' }
  | {
      readonly do: 'add_faults';
      readonly faults?: readonly FaultRule[];
      readonly edits?: readonly AnswerEdit[];
    }
  /** The pause of a host's breaker has passed; what is asked next is the probe. */
  | { readonly do: 'end_pause'; readonly host: string }
  /** It is that time now, `2025-12-01 17:30` in Shanghai; never earlier than before. */
  | { readonly do: 'set_time'; readonly at: string };

/** A number, or bounds for one that depends on how the calls of two workers fall. */
export type Count = number | { readonly atLeast?: number; readonly atMost?: number };

/** How a run ends; what is left out may be anything. */
export interface Ends {
  /** The wish itself is refused, and there is no run. */
  readonly refused?: ErrorCode;
  readonly state?: RunState;
  readonly error?: ErrorCode;
  /** All of them. */
  readonly outcomes?: Readonly<Partial<Record<SymbolOutcome, Count>>>;
  /** All sources that were asked. */
  readonly servedBy?: Readonly<Partial<Record<SourceId, Served>>>;
  /** Calls of this step by `tushare.daily`; those of `tushare.*` are all of a protocol. */
  readonly calls?: Readonly<Record<string, Count>>;
  /** Codes that attempts and items of the run, and of what it required, failed with, each once. */
  readonly errors?: readonly ErrorCode[];
  readonly rowsWritten?: Count;
}

export interface Served {
  readonly items?: Count;
  readonly itemsFailed?: Count;
  /** As the product reckons them. */
  readonly calls?: Count;
  readonly rowsWritten?: Count;
}

/**
 * What holds at the end. Every stored daily bar and every stored factor of Tushare is that of the world,
 * but for the bars that are said to differ, and nothing is in quarantine that is not named.
 */
export interface Holds {
  /** For a data set over days: the expected cells that are neither covered nor explained, no others. */
  readonly gaps?: readonly {
    readonly dataset: DatasetId;
    readonly from: PlainDay;
    readonly to: PlainDay;
    readonly missing: readonly Cells[];
  }[];
  /** Stored daily bars that are not the world's: these and no others. */
  readonly differing?: readonly Cells[];
  /** Rows by data set. */
  readonly rows?: Readonly<Partial<Record<DatasetId, number>>>;
  /** Daily bars by the source that gave them. */
  readonly barsBySource?: Readonly<Partial<Record<SourceId, Count>>>;
  /** Who gave the daily bars of a symbol; several where they differ by day. */
  readonly sourcesOfSymbol?: Readonly<Record<string, readonly SourceId[]>>;
  /** Cells of daily bars that a source has called absent. */
  readonly absent?: Readonly<Partial<Record<SourceId, number>>>;
  /** Rows that are held, by rule: these and no others. */
  readonly quarantined?: Readonly<Record<string, Count>>;
  /** Former values that were kept, by data set: these and no others. */
  readonly revisions?: Readonly<Partial<Record<DatasetId, number>>>;
  /** Instruments of the stock list. */
  readonly instruments?: number;
  /** Hosts whose breaker is open: these and no others; `tushare` and `baostock` stand for theirs. */
  readonly open?: readonly string[];
  /** What hosts have taught of their limits: these and no others. */
  readonly learned?: readonly {
    readonly host: string;
    readonly api: string;
    readonly windowSeconds: number;
    readonly capacity: Count;
  }[];
  /** Interfaces that have refused by right, `tushare.daily_basic`: these and no others. */
  readonly refusedRights?: readonly string[];
  /** Calls of all steps. */
  readonly calls?: Readonly<Record<string, Count>>;
}

/** Cells by symbol, board and days; each that is left out takes in all. */
export interface Cells {
  readonly symbol?: string;
  readonly board?: string;
  readonly from?: PlainDay;
  readonly to?: PlainDay;
}
