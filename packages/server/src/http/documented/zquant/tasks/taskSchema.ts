import { z } from 'zod';
import { flag, text, whole } from '../../fields.ts';
import { TASK_TYPES } from '../config/readConfig.ts';
import { EXECUTION_STATUSES } from '../executions/statusWords.ts';

/** When a task runs next is no state of it; the platform shows one word for all of this. */
export const SCHEDULE_STATUSES = ['disabled', 'paused', 'pending', 'running', 'success', 'failed'] as const;
export type ScheduleStatus = (typeof SCHEDULE_STATUSES)[number];

/** Who and when, under the names of both generations. */
export const stampFields = {
  created_by: z.string().nullable(),
  created_time: z.string(),
  updated_by: z.string().nullable(),
  updated_time: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
} as const;

export const taskSchema = z
  .strictObject({
    id: z.int(),
    name: z.string(),
    job_id: z.string(),
    task_type: z.enum(TASK_TYPES),
    cron_expression: z.string().nullable(),
    interval_seconds: z.int().nullable(),
    enabled: z.boolean(),
    paused: z.boolean(),
    description: z.string().nullable(),
    config: z.record(z.string(), z.unknown()),
    max_retries: z.int(),
    retry_interval: z.int(),
    ...stampFields,
    latest_execution_time: z.string().nullable(),
    latest_execution_status: z.enum(EXECUTION_STATUSES).nullable(),
    latest_execution_current_item: z.string().nullable(),
    latest_execution_progress: z.number().nullable(),
    schedule_status: z.enum(SCHEDULE_STATUSES),
  })
  .meta({ id: 'ZquantTask' });
export type Task = z.output<typeof taskSchema>;

export const taskListSchema = z
  .strictObject({ tasks: z.array(taskSchema), total: z.int() })
  .meta({ id: 'ZquantTasks' });

const LONGEST_NAME = 100;
const cronText = text(256).nullish();
const seconds = whole(0, 366 * 86_400).nullish();
const description = text(4000).nullish();
const config = z.record(z.string().max(200), z.unknown()).nullish();
const retries = whole(0, 99);
const pause = whole(0, 86_400);

export const newTaskSchema = z
  .object({
    name: z.string().trim().min(1).max(LONGEST_NAME),
    task_type: z.enum(TASK_TYPES),
    cron_expression: cronText,
    interval_seconds: seconds,
    description,
    config,
    max_retries: retries.nullish(),
    retry_interval: pause.nullish(),
    enabled: flag().nullish(),
  })
  .meta({ id: 'ZquantNewTask' });
export type NewTask = z.output<typeof newTaskSchema>;

export const taskChangeSchema = z
  .object({
    name: z.string().trim().min(1).max(LONGEST_NAME).nullish(),
    cron_expression: cronText,
    interval_seconds: seconds,
    description,
    config,
    max_retries: retries.nullish(),
    retry_interval: pause.nullish(),
  })
  .meta({ id: 'ZquantTaskChange' });
export type TaskChange = z.output<typeof taskChangeSchema>;

export const taskParamsSchema = z.object({ id: whole() });
export const taskRefSchema = z.object({ task_id: whole() });

/** What tasks are put in order by, and whether the last comes first. */
const listFields = {
  skip: whole(0).default(0),
  limit: whole(1, 1000).default(100),
  task_type: z.enum(TASK_TYPES).nullish(),
  enabled: flag().nullish(),
  order_by: text(64).nullish(),
  order: text(16).nullish(),
};
export const taskListQuerySchema = z.object(listFields);
export type TaskListWish = z.output<typeof taskListQuerySchema>;
