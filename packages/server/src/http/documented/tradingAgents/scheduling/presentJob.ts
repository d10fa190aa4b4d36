import type { z } from 'zod';
import type { JobView } from '../../../../ports/jobStore.ts';
import { zonedShanghai } from '../../times.ts';
import type { jobDetailSchema, jobListSchema } from './schemas.ts';
import { triggerText } from './triggerText.ts';

type JobText = z.output<typeof jobListSchema>['data'][number];
type JobDetail = z.output<typeof jobDetailSchema>['data'];

/** A disabled job is a paused one there: nothing of theirs is ever disabled. */
export function presentJob({ key, definition, state, next }: JobView): JobText {
  return {
    id: key,
    name: definition.name,
    next_run_time: next === null ? null : zonedShanghai(next.scheduledFor),
    paused: state !== 'enabled',
    trigger: triggerText(definition.schedule.trigger),
    display_name: definition.name,
    description: definition.description,
  };
}

export function presentDetail(job: JobView): JobDetail {
  const { type, params, schedule, policies } = job.definition;
  return {
    ...presentJob(job),
    func: `tapekeeper.${type}`,
    args: [],
    kwargs: { ...params },
    misfire_grace_time: schedule.graceSeconds,
    max_instances: policies.mostRuns,
  };
}
