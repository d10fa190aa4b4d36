import { z } from 'zod';

/** In Shanghai, without saying so. */
export const NAIVE = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
export const ZONED = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/);

/** The envelope of section C around something of section F. */
export function okShape(data: z.ZodType) {
  return z.strictObject({ success: z.literal(true), data, message: z.string(), timestamp: ZONED });
}

export const DONE = okShape(z.null());

const job = {
  id: z.string(),
  name: z.string(),
  next_run_time: ZONED.nullable(),
  paused: z.boolean(),
  trigger: z.string().regex(/^(cron|interval|date|session|after)\[.+\]$|^manual$/),
  display_name: z.string(),
  description: z.string(),
};

export const JOBS = okShape(z.array(z.strictObject(job)));
export const JOB_DETAIL = okShape(
  z.strictObject({
    ...job,
    func: z.string(),
    args: z.array(z.unknown()),
    kwargs: z.record(z.string(), z.unknown()),
    misfire_grace_time: z.int().nullable(),
    max_instances: z.int().positive(),
  }),
);

export const EXECUTION = z.strictObject({
  _id: z.string().regex(/^[0-9a-f]{24}$/),
  job_id: z.string(),
  job_name: z.string(),
  status: z.enum(['success', 'failed', 'missed', 'running']),
  scheduled_time: NAIVE,
  execution_time: z.number().nonnegative().nullable(),
  timestamp: NAIVE,
  is_manual: z.boolean(),
  return_value: z.string().optional(),
  error_message: z.string().optional(),
  traceback: z.string().optional(),
  progress: z.int().min(0).max(100).optional(),
  progress_message: z.string().optional(),
  current_item: z.string().optional(),
  total_items: z.int().optional(),
  processed_items: z.int().optional(),
  updated_at: NAIVE.optional(),
  cancel_requested: z.boolean().optional(),
});
export type ExecutionText = z.output<typeof EXECUTION>;

const page = { total: z.int(), limit: z.int(), offset: z.int() };
export const EXECUTIONS = okShape(z.strictObject({ items: z.array(EXECUTION), ...page }));
export const HISTORY = okShape(
  z.strictObject({
    history: z.array(
      z.strictObject({
        job_id: z.string(),
        action: z.string(),
        status: z.enum(['success', 'failed']),
        error_message: z.string().nullable(),
        timestamp: NAIVE,
      }),
    ),
    ...page,
  }),
);

export const STATS = okShape(
  z.strictObject({
    total_jobs: z.int(),
    running_jobs: z.int(),
    paused_jobs: z.int(),
    scheduler_running: z.boolean(),
    scheduler_state: z.int(),
  }),
);
export const HEALTH = okShape(
  z.strictObject({
    status: z.enum(['healthy', 'stopped']),
    running: z.boolean(),
    state: z.int(),
    timestamp: NAIVE,
  }),
);
export const EXECUTION_STATS = okShape(
  z.strictObject({
    total: z.int(),
    success: z.int(),
    failed: z.int(),
    missed: z.int(),
    running: z.int(),
    avg_execution_time: z.number(),
    last_execution: z
      .strictObject({
        status: z.enum(['success', 'failed', 'missed', 'running']),
        timestamp: NAIVE,
        execution_time: z.number().nullable(),
      })
      .optional(),
  }),
);
