import {
  DEFAULT_POLICIES,
  DEFAULT_ZONE,
  scheduleOf,
  type Instant,
  type JobDefinition,
  type JobWork,
  type Schedule,
  type Trigger,
} from '@tapekeeper/core';
import { DocumentedRefusal } from '../../refusal.ts';
import { readTimeout, readWork, type TaskType } from '../config/readConfig.ts';
import { showConfig, taskTypeOf } from '../config/showConfig.ts';
import { sameValue } from '../sameValue.ts';
import type { NewTask, TaskChange } from './taskSchema.ts';

const USUAL_RETRIES = 3;
const USUAL_PAUSE_SECONDS = 60;

/** A new task as a job. What its name, its days and its children are worth is checked where jobs are kept. */
export function readNewTask(task: NewTask, now: Instant): JobDefinition {
  const { name, description, task_type: taskType } = task;
  const config = task.config ?? {};
  const wished = { cron: task.cron_expression?.trim() ?? '', seconds: task.interval_seconds ?? 0 };
  return withWork(readWork(taskType, config), {
    name,
    description: description ?? '',
    tags: [],
    schedule: scheduleOf(readTrigger(taskType, wished, now)),
    policies: {
      ...DEFAULT_POLICIES,
      timeoutSeconds: readTimeout(config),
      maxAttempts: 1 + (task.max_retries ?? USUAL_RETRIES),
      // each retry that a client asks for really happens
      retryFailures: true,
      retrySeconds: task.retry_interval ?? USUAL_PAUSE_SECONDS,
    },
    wording: { taskType, config },
  });
}

/** A task with what is said of it; what is left out or null stays as it is, and an empty text takes cron away. */
export function changeTask(former: JobDefinition, change: TaskChange, now: Instant): JobDefinition {
  const { policies } = former;
  const retries = change.max_retries ?? policies.maxAttempts - 1;
  const isRetried = retries !== policies.maxAttempts - 1;
  const taskType = taskTypeOf(former);
  const config = change.config ?? undefined;
  // what a client reads and sends back as it is changes nothing, even where no document knows it
  const isReworded = config !== undefined && !sameValue(config, showConfig(former));
  return withWork(isReworded ? readWork(taskType, config) : workOf(former), {
    name: change.name ?? former.name,
    description: change.description ?? former.description,
    tags: former.tags,
    schedule: changedSchedule(former, taskType, change, now),
    policies: {
      ...policies,
      timeoutSeconds: isReworded ? readTimeout(config) : policies.timeoutSeconds,
      ...(isRetried && { maxAttempts: 1 + retries, retryFailures: true }),
      retrySeconds: change.retry_interval ?? policies.retrySeconds,
    },
    ...(isReworded
      ? { wording: { taskType, config } }
      : former.wording !== undefined && { wording: former.wording }),
  });
}

function changedSchedule(
  { schedule, wording }: JobDefinition,
  taskType: TaskType,
  { cron_expression: cron, interval_seconds: seconds }: TaskChange,
  now: Instant,
): Schedule {
  const { trigger } = schedule;
  // a job that only people trigger becomes a scheduled one here, unless it was made as one of theirs
  const kind = wording === undefined && taskType === 'manual_task' ? 'common_task' : taskType;
  if (cron == null && seconds == null) return schedule;
  const wished = {
    cron: cron?.trim() ?? (seconds == null && trigger.kind === 'cron' ? trigger.expression : ''),
    seconds: seconds ?? (trigger.kind === 'interval' ? trigger.everySeconds : 0),
  };
  const next = readTrigger(kind, wished, now);
  // nothing given and nothing there: other kinds of triggers stay
  if (next.kind === 'manual' && trigger.kind !== 'cron' && trigger.kind !== 'interval') return schedule;
  if (isSameTrigger(next, trigger)) return schedule;
  const isManual = next.kind === 'manual' || trigger.kind === 'manual';
  return isManual ? scheduleOf(next) : { ...schedule, trigger: next };
}

/** Where both are given cron counts, as it does there. */
function readTrigger(
  taskType: TaskType,
  { cron, seconds }: { readonly cron: string; readonly seconds: number },
  now: Instant,
): Trigger {
  if (taskType === 'manual_task' && cron !== '') throw refused('手动任务不支持 Cron 表达式调度');
  if (taskType === 'manual_task' && seconds > 0) throw refused('手动任务不支持间隔调度');
  if (cron !== '') return { kind: 'cron', expression: cron, zone: DEFAULT_ZONE };
  if (seconds === 0) return { kind: 'manual' };
  return { kind: 'interval', everySeconds: seconds, anchor: Math.floor(now / 1000) * 1000 };
}

function isSameTrigger(one: Trigger, other: Trigger): boolean {
  if (one.kind === 'interval' && other.kind === 'interval') return one.everySeconds === other.everySeconds;
  return one.kind === 'cron' && other.kind === 'cron' && one.expression === other.expression;
}

function workOf({ type, params }: JobDefinition): JobWork {
  return { type, params } as JobWork;
}

function withWork(work: JobWork, rest: Omit<JobDefinition, 'type' | 'params'>): JobDefinition {
  return { ...work, ...rest } as JobDefinition;
}

function refused(detail: string): DocumentedRefusal {
  return new DocumentedRefusal('bad_request', 400, detail);
}
