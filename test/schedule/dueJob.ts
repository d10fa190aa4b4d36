import {
  DEFAULT_POLICIES,
  scheduleOf,
  type Instant,
  type JobDefinition,
  type RunPolicies,
  type Schedule,
} from '@tapekeeper/core';
import type { JobId } from '../../packages/server/src/ports/jobStore.ts';
import { sql, type Database } from '../../packages/server/src/store/connection.ts';

export interface DueJobWish {
  readonly key: string;
  readonly schedule?: Partial<Schedule>;
  readonly policies?: Partial<RunPolicies>;
  /** The first moment that nothing has been decided about; null where it waits for none. */
  readonly nextAt: Instant | null;
}

/** A job of the example type, every minute unless told otherwise. */
export function exampleJob(wish: Omit<DueJobWish, 'key' | 'nextAt'> = {}): JobDefinition {
  return {
    type: 'example',
    params: { durationSeconds: 0, successRate: 1, steps: 1 },
    name: 'an example',
    description: '',
    tags: [],
    schedule: { ...scheduleOf({ kind: 'interval', everySeconds: 60, anchor: 0 }), ...wish.schedule },
    policies: { ...DEFAULT_POLICIES, ...wish.policies },
  };
}

/** An enabled job whose next moment is set by hand, so that it may have been due for long. */
export async function addDueJob(db: Database, wish: DueJobWish): Promise<JobId> {
  const at = wish.nextAt === null ? null : wish.nextAt / 1000;
  const { id } = await db.one<{ id: JobId }>(sql`
    INSERT INTO tapekeeper.job (key, definition, state, next_scheduled_for, next_fire_at)
    VALUES (${wish.key}, ${JSON.stringify(exampleJob(wish))}::jsonb, 'enabled', to_timestamp(${at}::float8),
      to_timestamp(${at}::float8))
    RETURNING id`);
  return id;
}
