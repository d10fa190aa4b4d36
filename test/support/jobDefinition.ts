import { DEFAULT_POLICIES, scheduleOf, type JobDefinition, type Trigger } from '@tapekeeper/core';

/** A job that syncs daily bars, by hand unless a trigger is given. */
export function syncJob(trigger: Trigger = { kind: 'manual' }): JobDefinition {
  return {
    type: 'sync',
    params: { dataset: 'daily_bars' },
    name: 'daily bars',
    description: '',
    tags: [],
    schedule: scheduleOf(trigger),
    policies: DEFAULT_POLICIES,
  };
}
