import type { Instant, PlainDay } from '../day.ts';

/** Why a run failed, as far as it says. */
export interface FailureEvidence {
  readonly code: string;
  /** Null where the error names none. */
  readonly source: string | null;
  readonly host: string | null;
}

/** A job with how its runs end. Only final outcomes count: what a retry put right is no failure. */
export interface JobFacts {
  readonly id: number;
  readonly key: string;
  readonly type: string;
  readonly dataset: string | null;
  /** Jobs that it runs as a workflow, and the one that it follows. */
  readonly callsFor: readonly number[];
  readonly nextFireAt: Instant | null;
  /** Its last fire, if that was missed and nothing has run since. */
  readonly missed: { readonly from: Instant; readonly until: Instant; readonly count: number } | null;
  /** Failed runs at the end of its history; null where the last one ended well. */
  readonly failing: {
    readonly inARow: number;
    readonly firstAt: Instant;
    readonly lastAt: Instant;
    readonly lastRunId: number;
    readonly evidence: FailureEvidence;
  } | null;
  /** Runs that ended within the window of its rule. */
  readonly lately: {
    readonly ended: number;
    readonly failed: number;
    /** Of the newest failure among them. */
    readonly evidence: FailureEvidence | null;
  };
}

/** An open run that may have come to a standstill. */
export interface OpenRunFacts {
  readonly id: number;
  readonly jobId: number | null;
  readonly jobKey: string | null;
  readonly dataset: string | null;
  /** Hosts that its open work is to ask; empty where it asks nobody. */
  readonly hosts: readonly string[];
  readonly stillMs: number;
  readonly p95Ms: number;
  /** It waits for a turn, a retry or a person: no standstill, and nobody's fault. */
  readonly isWaiting: boolean;
}

export interface HostStateFacts {
  readonly host: string;
  readonly source: string;
  /** Openings of its breaker in a row; 0 is closed. */
  readonly openings: number;
  readonly isBan: boolean;
  readonly openUntil: Instant | null;
  readonly reason: string;
}

/** A window of calls, an hour or longer. */
export interface BudgetStateFacts {
  readonly host: string;
  readonly source: string;
  readonly api: string;
  readonly windowSeconds: number;
  /** It refills all the time: what is left of it says how fast it was asked lately, and not what is left of a quota. */
  readonly slides: boolean;
  readonly capacity: number;
  readonly left: number;
}

/** A refused interface. */
export interface RightFacts {
  readonly source: string;
  readonly api: string;
  /** Data sets that are read through it. */
  readonly datasets: readonly string[];
  /** Of these the ones that enabled jobs collect and no other source in use may give. */
  readonly unserved: readonly string[];
}

/** A channel whose newest notices were given up. */
export interface ChannelStateFacts {
  readonly name: string;
  /** Notices in a row that were given up since one got through, and since somebody changed the channel; at most 20. */
  readonly lost: number;
  readonly since: Instant;
  /** Of the newest. */
  readonly error: string;
}

/** A trading day that a freshness target waits for. */
export interface TargetDayFacts {
  readonly day: PlainDay;
  readonly dueAt: Instant;
  /** Part of the expected cells that is accounted for, 0 to 1; null where nothing can be expected yet. */
  readonly share: number | null;
  readonly isMet: boolean;
}

/** A data set that is collected: how complete its last days are. */
export interface DatasetFacts {
  readonly dataset: string;
  /** Jobs that write it. */
  readonly jobIds: readonly number[];
  /** Hosts of the sources that may give it, in the order of asking. */
  readonly hosts: readonly string[];
  /** Sources that have it, in the order of asking, whether or not they may give it. */
  readonly sources: readonly string[];
  readonly hasOpenRun: boolean;
  /** The part of a day that its target wants. */
  readonly wanted: number;
  /** Unmet days of its target, oldest first; empty where it has none. */
  readonly waiting: readonly TargetDayFacts[];
  /** Cells of the last final days but those still waited for; null where nothing is covered. */
  readonly cells: {
    readonly expected: number;
    readonly gaps: number;
    readonly from: PlainDay;
    readonly to: PlainDay;
  } | null;
  /** Gaps of the symbols that have most, and how many days they may lack. */
  readonly behind: readonly { readonly symbol: string; readonly gaps: number }[];
  /** Rows of the last final days, oldest first; days without any are left out. */
  readonly rows: readonly { readonly day: PlainDay; readonly rows: number }[];
}

/** Everything that rules are judged by, read at one time. */
export interface AlertFacts {
  readonly now: Instant;
  /** The last stretch in which nobody looked, if it ended lately. */
  readonly absence: { readonly from: Instant; readonly to: Instant } | null;
  readonly jobs: readonly JobFacts[];
  readonly runs: readonly OpenRunFacts[];
  readonly hosts: readonly HostStateFacts[];
  /** Sources that may be asked. */
  readonly sourcesInUse: readonly string[];
  readonly budgets: readonly BudgetStateFacts[];
  readonly channels: readonly ChannelStateFacts[];
  readonly rights: readonly RightFacts[];
  readonly datasets: readonly DatasetFacts[];
  /** Since the least silent scheduler turned; null where none was started. */
  readonly schedulerSilentMs: number | null;
  /** Since the least silent worker beat (null: none is there), and runs that wait for one. */
  readonly workers: {
    readonly silentMs: number | null;
    readonly openRuns: number;
    readonly oldestOpenMs: number;
  };
  readonly disk: { readonly freeMegabytes: number; readonly neededMegabytes: number } | null;
  readonly database: { readonly blockedMs: number; readonly transactionMs: number };
  readonly calendar: { readonly lastDay: PlainDay; readonly daysLeft: number };
}
