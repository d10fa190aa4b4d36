import { z } from 'zod';

/** The objects of the zquant platform, written down from its contract and from nothing of ours. */

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
const stamps = {
  created_by: z.string().nullable(),
  created_time: time,
  updated_by: z.string().nullable(),
  updated_time: time,
  created_at: time,
  updated_at: time,
};

export const TASK = z.strictObject({
  id: z.int(),
  name: z.string(),
  job_id: z.string().max(100),
  task_type: z.enum(['manual_task', 'common_task', 'workflow']),
  cron_expression: z.string().nullable(),
  interval_seconds: z.int().nullable(),
  enabled: z.boolean(),
  paused: z.boolean(),
  description: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  max_retries: z.int(),
  retry_interval: z.int(),
  ...stamps,
  latest_execution_time: time.nullable(),
  latest_execution_status: z.string().nullable(),
  latest_execution_current_item: z.string().nullable(),
  latest_execution_progress: z.number().nullable(),
  schedule_status: z.enum(['disabled', 'paused', 'pending', 'running', 'success', 'failed']),
});
export const TASKS = z.strictObject({ tasks: z.array(TASK), total: z.int() });

/** Of a result, the keys that the document and the code name; what is ours is beside them. */
export const RESULT = z.looseObject({
  success: z.boolean().nullable(),
  exit_code: z.int().nullable(),
  message: z.string().nullable(),
  command: z.string(),
  work_dir: z.string().nullable(),
  duration_seconds: z.number().nullable(),
  resume_from_execution_id: z.int().nullable(),
  progress_percent: z.number(),
  current_step: z.int(),
  total_steps: z.int(),
  current_item: z.string().nullable(),
  total_count: z.int(),
  success_count: z.int(),
  failed_count: z.int(),
  insert_count: z.int(),
  update_count: z.int(),
  delete_count: z.int(),
  error_summary: z.string().max(503).nullable(),
});

export const EXECUTION = z.strictObject({
  id: z.int(),
  task_id: z.int(),
  status: z.enum(['pending', 'running', 'paused', 'success', 'failed', 'completed', 'terminated']),
  start_time: time,
  end_time: time.nullable(),
  duration_seconds: z.int().nullable(),
  result: RESULT,
  error_message: z.string().nullable(),
  retry_count: z.int(),
  progress_percent: z.number().min(0).max(100),
  current_item: z.string().nullable(),
  total_items: z.int(),
  processed_items: z.int(),
  estimated_end_time: time.nullable(),
  is_paused: z.boolean(),
  terminate_requested: z.boolean(),
  ...stamps,
});
export const EXECUTIONS = z.strictObject({ executions: z.array(EXECUTION), total: z.int() });

/** The document's figures; those of pools and frequency are beside them. */
export const STATS = z.looseObject({
  total_executions: z.int(),
  success_count: z.int(),
  failed_count: z.int(),
  running_count: z.int(),
  success_rate: z.number().min(0).max(1),
  avg_duration_seconds: z.number(),
  latest_execution_time: time.nullable(),
});

export const USER = z.strictObject({
  username: z.string(),
  email: z.string(),
  id: z.int(),
  role_id: z.int(),
  is_active: z.boolean(),
  created_by: z.string().nullable(),
  created_time: time.nullable(),
  updated_by: z.string().nullable(),
  updated_time: time.nullable(),
});

/** The errors of the platform, with the key that its own page reads beside those that it sends. */
export const ERROR = z.strictObject({
  success: z.literal(false),
  message: z.string(),
  data: z.null(),
  code: z.int(),
  error_code: z.string(),
  error_detail: z.strictObject({ code: z.string(), request_id: z.string() }),
  detail: z.string(),
});

export const FAULTS = z.looseObject({
  detail: z.array(
    z.strictObject({
      loc: z.array(z.union([z.string(), z.int()])),
      msg: z.string(),
      type: z.string(),
    }),
  ),
});
