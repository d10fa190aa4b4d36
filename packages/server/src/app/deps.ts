import type { CronReader, Instant, Language, PlainDay, SourceId } from '@tapekeeper/core';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Proofs } from '../ports/proofs.ts';
import type { Notifiers } from '../ports/notifier.ts';
import type { SecretBox } from '../ports/secretStore.ts';
import type { Source } from '../ports/source.ts';
import type { Store } from '../ports/store.ts';
import type { TaskTools } from './tasks/taskTools.ts';

/** How the use cases behave; every value has its default in the settings reference. */
export interface AppSettings {
  /** Sources in the order of asking, where a run names none. */
  readonly sourcePriority: readonly SourceId[];
  /** First day of a first sync that names none; null is a year before its end. */
  readonly historyFrom: PlainDay | null;
  /** A list or calendar younger than this is not asked for again. */
  readonly snapshotMaxAgeHours: number;
  /** Calls that later rounds may make for what the first source lacks. */
  readonly fallbackCallCap: number;
  readonly itemAttempts: number;
  readonly backoffMs: number;
  /** Times that a market is asked for which its source has not published yet, and the pause in between. */
  readonly readyTries: number;
  readonly readyRetryMs: number;
  /** A dispatch starts no new item after this, and queues itself again. */
  readonly dispatchBudgetMs: number;
  /** Rows that one commit aims at. */
  readonly commitRows: number;
  /** Fetch shards that a plan may be cut into. */
  readonly maxShards: number;
  /** Whether calls are counted against the budgets of their hosts; off for a replayed upstream. */
  readonly budgets: boolean;
  /** How long a single-connection source is waited for, before its shard is put back. */
  readonly leaseRetryMs: number;
  /** Free space below which no new item is begun. */
  readonly minFreeMegabytes: number;
}

/** What every use case is given first. */
export interface AppDeps {
  readonly store: Store;
  readonly sources: ReadonlyMap<SourceId, Source>;
  readonly secrets: SecretBox;
  readonly notifiers: Notifiers;
  /** What shows who somebody is: passwords and tokens. */
  readonly proofs: Proofs;
  readonly clock: Clock;
  /** The time by which days are judged final: now, or the end of the replayed world. */
  readonly marketNow: () => Instant;
  /** Free megabytes where the database lives; undefined where it is elsewhere. */
  readonly freeMegabytes: () => Promise<number | undefined>;
  readonly settings: AppSettings;
  readonly readCron: CronReader;
  /** A cron expression in words. */
  readonly cronWords: (expression: string, language: Language) => string;
  /** What runs of other types than syncs need. */
  readonly tasks: TaskTools;
  readonly log: Log;
}
