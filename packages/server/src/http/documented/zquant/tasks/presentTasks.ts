import type { AppDeps } from '../../../../app/deps.ts';
import { progressOf } from '../../../../app/explain/runProgress.ts';
import type { JobView } from '../../../../ports/jobStore.ts';
import type { JobPeople } from '../../../../ports/pageStore.ts';
import type { RunView } from '../../../../ports/viewStore.ts';
import { showConfig, taskTypeOf } from '../config/showConfig.ts';
import { currentItemOf, percentOf } from '../executions/progress.ts';
import { LISTED_STATES, statusOf } from '../executions/statusWords.ts';
import { stampsOf, wallTime } from '../times.ts';
import { scheduleStatusOf } from './scheduleStatus.ts';
import type { Task } from './taskSchema.ts';

/** Jobs as tasks, with who made them and how their last execution went; read for all of them at once. */
export async function presentTasks(
  { store }: Pick<AppDeps, 'store'>,
  jobs: readonly JobView[],
): Promise<Task[]> {
  const people = await store.jobPeople(
    jobs.map(({ id }) => id),
    LISTED_STATES,
  );
  const latest = await store.runsById(people.flatMap(({ lastRunId }) => lastRunId ?? []));
  return jobs.map((job) => {
    const of = people.find(({ jobId }) => jobId === job.id);
    return presentTask(
      job,
      of,
      latest.find(({ id }) => id === of?.lastRunId),
    );
  });
}

function presentTask(job: JobView, people: JobPeople | undefined, latest: RunView | undefined): Task {
  const { id, key, definition, state, createdAt, updatedAt } = job;
  const { trigger } = definition.schedule;
  return {
    id,
    name: definition.name,
    job_id: key,
    task_type: taskTypeOf(definition),
    cron_expression: trigger.kind === 'cron' ? trigger.expression : null,
    interval_seconds: trigger.kind === 'interval' ? trigger.everySeconds : null,
    enabled: state !== 'disabled',
    paused: state === 'paused',
    description: definition.description === '' ? null : definition.description,
    config: { ...showConfig(definition) },
    max_retries: definition.policies.maxAttempts - 1,
    retry_interval: definition.policies.retrySeconds,
    ...stampsOf(
      { by: people?.createdBy ?? null, at: createdAt },
      { by: people?.updatedBy ?? null, at: updatedAt },
    ),
    latest_execution_time: latest === undefined ? null : wallTime(latest.startedAt ?? latest.createdAt),
    latest_execution_status: latest === undefined ? null : (statusOf(latest.state) ?? null),
    latest_execution_current_item: latest === undefined ? null : currentItemOf(latest, progressOf(latest)),
    latest_execution_progress: latest === undefined ? null : percentOf(progressOf(latest)),
    schedule_status: scheduleStatusOf(job, latest?.state),
  };
}
