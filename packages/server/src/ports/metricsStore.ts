import type { Instant, JobType, RunState } from '@tapekeeper/core';

/** What the database knows of the installation as a whole; every list is bounded by what is set up. */
export interface InstallationFacts {
  readonly openRuns: readonly { readonly type: JobType; readonly state: RunState; readonly runs: number }[];
  /** Of all time, those of removed runs included. */
  readonly endedRuns: readonly { readonly type: string; readonly state: string; readonly runs: number }[];
  readonly startedRuns: readonly { readonly type: string; readonly runs: number }[];
  /** Dispatches that wait, and those of them that are due; both stop at a limit. */
  readonly queue: { readonly waiting: number; readonly due: number };
  readonly workers: readonly {
    readonly node: string;
    readonly silentMs: number;
    readonly slots: number;
    readonly held: number;
  }[];
  readonly schedulers: readonly { readonly node: string; readonly silentMs: number }[];
  readonly hosts: readonly {
    readonly host: string;
    readonly openings: number;
    readonly openUntil: Instant | null;
  }[];
  readonly budgets: readonly {
    readonly host: string;
    readonly api: string;
    readonly windowSeconds: number;
    /** From 0, used up, to 1. */
    readonly left: number;
  }[];
  /** Committed events that no reader can see yet; stops at a limit. */
  readonly events: { readonly unpublished: number; readonly oldestMs: number };
  readonly noticesPending: number;
  readonly openIncidents: number;
  readonly lastBackupMs: number | null;
  readonly freshness: readonly { readonly dataset: string; readonly ageMs: number }[];
  readonly databaseBytes: number;
}

export interface MetricsStore {
  installationFacts(): Promise<InstallationFacts>;
  /** Open runs that people have begun, and those of one of them; counting stops at the limit. */
  openRunsOfPeople(person: string, limit: number): Promise<{ readonly all: number; readonly own: number }>;
}
