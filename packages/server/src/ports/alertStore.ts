import type {
  Advance,
  AdvanceInput,
  ChannelStateFacts,
  DatasetId,
  FailureEvidence,
  Incident,
  IncidentEventKind,
  IncidentState,
  Instant,
  PlainDay,
  RuleEdit,
  Signal,
  Silence,
  SilenceMatcher,
} from '@tapekeeper/core';
import type { JobId } from './jobStore.ts';
import type { RunId } from './runStore.ts';

export type IncidentId = number;
export type SilenceId = number;

/** The changes of the rules, as one document. */
export interface AlertRuleEdits {
  /** Grows with every change; 0 as long as nobody has made one. */
  readonly version: number;
  readonly edits: readonly RuleEdit[];
  readonly updatedAt: Instant | null;
  readonly updatedBy: string | null;
}

/** The last look at the facts. */
export interface AlertLook {
  readonly at: Instant | null;
  readonly signals: readonly Signal[];
  /** The last stretch in which nobody looked. */
  readonly absence: { readonly from: Instant; readonly to: Instant } | null;
}

/** What a look is decided by, read under the lock that one evaluator holds at a time. */
export type LookState = Pick<AdvanceInput, 'live' | 'silences' | 'resolvedLately' | 'sinceLookMs'>;

export interface Look {
  /** The database's time of the facts; a look at older facts than the last one is refused. */
  readonly at: Instant;
  readonly signals: readonly Signal[];
  /** A longer pause between looks is kept as an absence. */
  readonly absenceMs: number;
  /** Causes that were resolved within this before count as coming back. */
  readonly flapMs: number;
  readonly decide: (state: LookState) => Advance;
}

export interface IncidentFilter {
  readonly states: readonly IncidentState[];
  /** Only incidents before this one; the keyset of the page. */
  readonly before: IncidentId | null;
  readonly limit: number;
}

/** A page of the incidents that people are told of, by its place: of those that are over the newest thousand. */
export interface IncidentPage {
  /** Only those that somebody has taken on or that are over, or only the others; null for all. */
  readonly read: boolean | null;
  readonly offset: number;
  readonly limit: number;
}

export interface TimelineEntry {
  readonly at: Instant;
  readonly kind: IncidentEventKind;
  readonly detail: Readonly<Record<string, string | number | null>>;
  readonly author: string | null;
}

export interface SilenceView extends Silence {
  readonly reason: string;
  readonly author: string;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  readonly endedBy: string | null;
}

export interface NewSilence {
  readonly matcher: SilenceMatcher;
  readonly from: Instant;
  readonly until: Instant;
  readonly reason: string;
  readonly author: string;
}

/** A freshness target that somebody has set. */
export interface StoredTarget {
  readonly dataset: DatasetId;
  readonly due: string;
  readonly share: number;
  readonly objective: number;
  readonly version: number;
  /** Days that were due before it was set are not judged. */
  readonly since: Instant;
  readonly updatedBy: string;
}

export interface FreshnessDay {
  readonly dataset: DatasetId;
  readonly day: PlainDay;
  readonly dueAt: Instant;
  readonly metAt: Instant | null;
}

/** An enabled job as the rules see it before anything is computed. */
export interface AlertJobRow {
  readonly id: JobId;
  readonly key: string;
  readonly type: string;
  readonly dataset: string | null;
  readonly triggerKind: string;
  readonly callsFor: readonly JobId[];
  readonly nextFireAt: Instant | null;
  /** Its last fire, where that was missed and no run has ended well since. */
  readonly missed: { readonly from: Instant; readonly until: Instant; readonly count: number } | null;
  /** Whether the newest run that ended by itself failed. */
  readonly lastFailed: boolean;
}

/** The failed runs at the end of a job's history, at most twenty counted. */
export interface FailureStreak {
  readonly jobId: JobId;
  readonly inARow: number;
  readonly firstAt: Instant;
  readonly lastAt: Instant;
  readonly lastRunId: RunId;
  readonly evidence: FailureEvidence;
}

export interface FailureCount {
  readonly jobId: JobId;
  readonly ended: number;
  readonly failed: number;
  readonly evidence: FailureEvidence;
}

export interface OpenRunRow {
  readonly id: RunId;
  readonly jobId: JobId | null;
  readonly jobKey: string | null;
  readonly dataset: string | null;
  readonly isRunning: boolean;
  /** It waits for a turn, a retry, a person or runs that it has begun. */
  readonly isWaiting: boolean;
  /** Until when its open work is put off; null where something of it may go on. */
  readonly putOffUntil: Instant | null;
  /** Of its open shards. */
  readonly sources: readonly string[];
  readonly stillMs: number;
}

export interface HostRow {
  readonly host: string;
  readonly openings: number;
  readonly isBan: boolean;
  readonly openUntil: Instant | null;
  readonly reason: string;
}

/** A window of calls of an hour or longer. */
export interface LongBudgetRow {
  readonly host: string;
  readonly api: string;
  readonly windowSeconds: number;
  readonly slides: boolean;
  readonly capacity: number;
  readonly tokens: number;
  readonly refilledAt: Instant;
  readonly awaitedUntil: Instant | null;
}

/** Rules, incidents, silences and targets, and the facts that they are judged by. */
export interface AlertStore {
  alertRules(): Promise<AlertRuleEdits>;
  /** Undefined where they are not at that version any more. */
  setAlertRules(change: {
    readonly version: number;
    readonly edits: readonly RuleEdit[];
    readonly author: string;
  }): Promise<AlertRuleEdits | undefined>;

  lastLook(): Promise<AlertLook>;
  /**
   * Writes what a look decides, with its notices and events, in one transaction. False where another evaluator is at
   * it, or has looked at newer facts.
   */
  look(look: Look): Promise<boolean>;

  /** Newest first. */
  incidents(filter: IncidentFilter): Promise<readonly Incident[]>;
  incident(id: IncidentId): Promise<Incident | undefined>;
  /** Newest first. */
  incidentPage(page: IncidentPage): Promise<readonly Incident[]>;
  /** Of those that people are told of. */
  countIncidents(): Promise<{ readonly unread: number; readonly read: number }>;
  /** Oldest first, at most 500. */
  incidentTimeline(id: IncidentId): Promise<readonly TimelineEntry[]>;
  /** Undefined where it is not open. */
  acknowledgeIncident(id: IncidentId, by: string, note: string | null): Promise<Incident | undefined>;

  /** Those that have not ended, by their end; with `past` the last hundred that have. */
  silences(past: boolean): Promise<readonly SilenceView[]>;
  silence(id: SilenceId): Promise<SilenceView | undefined>;
  createSilence(silence: NewSilence): Promise<SilenceView>;
  /** Undefined where it has ended. */
  updateSilence(id: SilenceId, change: Omit<NewSilence, 'author'>): Promise<SilenceView | undefined>;
  endSilence(id: SilenceId, by: string): Promise<SilenceView | undefined>;

  targets(): Promise<readonly StoredTarget[]>;
  setTarget(target: Omit<StoredTarget, 'version' | 'since'>): Promise<StoredTarget>;
  deleteTarget(dataset: DatasetId): Promise<StoredTarget | undefined>;
  freshnessDays(dataset: DatasetId, from: PlainDay, to: PlainDay): Promise<readonly FreshnessDay[]>;
  /** Adds days, and says when they were met; a time that is there stays. */
  saveFreshnessDays(days: readonly FreshnessDay[]): Promise<void>;

  alertJobs(): Promise<readonly AlertJobRow[]>;
  failureStreaks(jobs: readonly JobId[]): Promise<readonly FailureStreak[]>;
  /** Of jobs of which a run failed within the hours before now. */
  failureCounts(hours: number): Promise<readonly FailureCount[]>;
  /** The oldest open runs, at most 500. */
  openRunFacts(): Promise<readonly OpenRunRow[]>;
  /** Hosts whose breaker is not closed. */
  troubledHosts(): Promise<readonly HostRow[]>;
  longBudgets(): Promise<readonly LongBudgetRow[]>;
  /** Enabled channels whose newest notice was given up. */
  failingChannels(): Promise<readonly ChannelStateFacts[]>;
  /** The newest run of each data set, as a text that changes with it. */
  newestRuns(datasets: readonly DatasetId[]): Promise<ReadonlyMap<string, string>>;
  /** Since the least silent worker beat; null where there is none. */
  workerSilentMs(): Promise<number | null>;
  installedAt(): Promise<Instant>;
}
